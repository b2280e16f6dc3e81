import { StandardSchemaValidationPipe } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { pointerProblems } from './problems.js';

/** Checks bodies, queries and parameters against their schemas; every problem is named at once. */
export const validationPipe = new StandardSchemaValidationPipe({
  exceptionFactory: (issues) =>
    new DomainError('request.invalid', { errors: pointerProblems(issues) }),
});
