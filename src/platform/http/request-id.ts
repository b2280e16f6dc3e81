import { v7 } from 'uuid';

/** Id of a request, returned as `x-request-id` and as `traceId` in problems. */
export const uuidv7 = (): string => v7();
