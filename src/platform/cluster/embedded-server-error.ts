/** The embedded server could not be used; the message says what was found and how to go on. */
export class EmbeddedServerError extends Error {}
