import { z } from 'zod';

const count = (standard: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(0).max(1_000_000_000).default(standard);

/** Variables of what a stranger may ask of the server (API section 8). 0 switches a limit off. */
export const EDGE_VARIABLES = {
  MIZAN_RATE_KEY: count(3_000),
  MIZAN_RATE_KEY_WRITES: count(300),
  MIZAN_RATE_BURST: count(100),
  MIZAN_RATE_ADDRESS: count(600),
  MIZAN_RATE_FAILED_KEYS: count(20),
  MIZAN_BODY_SECONDS: count(30),
  MIZAN_UPLOAD_SECONDS: count(3_600),
  MIZAN_BODY_BYTES_PER_SECOND: count(1_024),
  MIZAN_BODY_GRACE_SECONDS: count(10),
  MIZAN_STALLED_SECONDS: count(30),
  MIZAN_KEY_SECONDS: count(10),
  MIZAN_TRUSTED_PROXIES: z.string().default(''),
};

/** How much a caller may ask, and how slowly. 0 = no limit. */
export interface EdgeSettings {
  /** Requests a minute and key. */
  readonly keyPerMinute: number;
  /** Of these, requests that change something. */
  readonly writesPerMinute: number;
  /** Requests at once, before the rate counts. */
  readonly burst: number;
  /** Requests a minute and address without a valid key. */
  readonly addressPerMinute: number;
  /** Wrong keys in five minutes and address, before it is refused for five minutes. */
  readonly failedKeys: number;
  /** Longest time in which a JSON body arrives. */
  readonly bodyMs: number;
  /** Longest time in which an upload arrives, our own pauses not counted. */
  readonly uploadMs: number;
  /** Least rate of a body. */
  readonly leastBytesPerS: number;
  /** Window over which the least rate is measured; the first is free. */
  readonly graceMs: number;
  /** How long an answer waits for a client that does not read on. */
  readonly stalledMs: number;
  /** How often the key of a request that is on its way is looked up again. */
  readonly keyMs: number;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

type Values = z.output<z.ZodObject<typeof EDGE_VARIABLES>>;

/** The settings, from the variables. */
export function edgeSettings(values: Values): EdgeSettings {
  return {
    keyPerMinute: values.MIZAN_RATE_KEY,
    writesPerMinute: values.MIZAN_RATE_KEY_WRITES,
    burst: values.MIZAN_RATE_BURST,
    addressPerMinute: values.MIZAN_RATE_ADDRESS,
    failedKeys: values.MIZAN_RATE_FAILED_KEYS,
    bodyMs: values.MIZAN_BODY_SECONDS * 1_000,
    uploadMs: values.MIZAN_UPLOAD_SECONDS * 1_000,
    leastBytesPerS: values.MIZAN_BODY_BYTES_PER_SECOND,
    graceMs: values.MIZAN_BODY_GRACE_SECONDS * 1_000,
    stalledMs: values.MIZAN_STALLED_SECONDS * 1_000,
    keyMs: values.MIZAN_KEY_SECONDS * 1_000,
    trustedProxies: values.MIZAN_TRUSTED_PROXIES.split(',').filter((one) => one.trim() !== ''),
  };
}
