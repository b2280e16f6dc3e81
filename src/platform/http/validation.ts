import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { pointerProblems } from './problems.js';
import { unstorable } from './storable.js';

/** Refuses what nobody could keep before any schema sees it, also where a route has no schema. */
class StorableValidationPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    if (metadata.type !== 'custom') {
      const errors = unstorable(value);
      if (errors.length > 0) throw new DomainError('request.invalid', { errors });
    }
    return super.transform(value, metadata);
  }
}

/** Checks bodies, queries and parameters against their schemas; every problem is named at once. */
export const validationPipe = new StorableValidationPipe({
  exceptionFactory: (issues) =>
    new DomainError('request.invalid', { errors: pointerProblems(issues) }),
});
