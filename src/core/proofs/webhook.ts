import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const KEY_BYTES = { least: 24, most: 64 } as const;

/** The key in a secret of Standard Webhooks, `whsec_` and base64 of 24 to 64 bytes; null for a text that is none. */
export function webhookKey(secret: string): Uint8Array | null {
  if (!secret.startsWith(PREFIX)) return null;
  const encoded = secret.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  const isForm = key.toString('base64') === encoded;
  return isForm && key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most
    ? new Uint8Array(key)
    : null;
}

/** What a webhook sends: its id, when, in whole seconds since 1970, and the bytes of its body. */
export interface WebhookMessage {
  readonly id: string;
  readonly timestampS: number;
  readonly body: string;
}

/** Headers by which a receiver knows who sent a message, and when (Standard Webhooks, scheme v1: HMAC-SHA-256). */
export function webhookHeaders(
  key: Uint8Array,
  { id, timestampS, body }: WebhookMessage,
): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', key)
    .update(`${id}.${timestampS}.${body}`)
    .digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': `${timestampS}`,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Seconds from one attempt to the next (house rule: ten attempts within three and a half days). */
const AGAIN_AFTER_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** When a message that did not arrive is sent again, ms after an attempt; null after the tenth. @param attemptCount  From 1. */
export function againAfterMs(attemptCount: number): number | null {
  const seconds = AGAIN_AFTER_S[attemptCount - 1];
  return seconds === undefined ? null : seconds * 1_000;
}
