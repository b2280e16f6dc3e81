import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { explainedProblems } from './purposes.js';
import { unstorable } from './storable.js';

/** Refuses what nobody could keep before any schema sees it, also where a route has no schema. */
class StorableValidationPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    if (metadata.type !== 'custom') {
      const errors = unstorable(value);
      if (errors.length > 0) throw new DomainError('request.invalid', { errors });
    }
    try {
      return (await super.transform(value, metadata)) as Value;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const errors = explainedProblems(metadata.schema, value, error.issues);
      throw new DomainError('request.invalid', { errors });
    }
  }
}

type Issues = Parameters<typeof explainedProblems>[2];

class Refused extends Error {
  constructor(readonly issues: Issues) {
    super();
  }
}

/** Checks bodies, queries and parameters against their schemas; every problem is named at once. */
export const validationPipe = new StorableValidationPipe({
  exceptionFactory: (issues) => new Refused(issues as Issues),
});
