/**
 * Whether a statement's figures can still change (METHOD 6.1): they can while one of its months is not
 * closed. The one place that says so; nothing closes a month yet.
 */
export function statementStatus(): 'preliminary' {
  return 'preliminary';
}
