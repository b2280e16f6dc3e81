/** Tests and benchmarks ask more in a second than anybody may in a minute: limits of rates are off. */
export const NO_RATES = {
  MIZAN_RATE_KEY: '0',
  MIZAN_RATE_KEY_WRITES: '0',
  MIZAN_RATE_ADDRESS: '0',
  MIZAN_RATE_FAILED_KEYS: '0',
};
