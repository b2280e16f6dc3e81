/** Day of this build's sources: no clock of a machine that runs it is earlier. */
export const RELEASED_ON = '2026-11-27';
