import { readFileSync } from 'node:fs';
import { againAfterMs, webhookHeaders, webhookKey } from './webhook.js';

const vector = JSON.parse(readFileSync('fixtures/vectors/webhook_signature.json', 'utf8'));

describe('a webhook', () => {
  it('is signed as the published example', () => {
    const message = { id: vector.msg_id, timestampS: vector.timestamp, body: vector.payload };
    expect(webhookHeaders(webhookKey(vector.secret)!, message)).toEqual({
      'webhook-id': vector.msg_id,
      'webhook-timestamp': `${vector.timestamp}`,
      'webhook-signature': vector.signature,
    });
  });

  it.each([
    '',
    'whsec_',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_c2hvcnQ=',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS',
    `whsec_${Buffer.alloc(65).toString('base64')}`,
  ])('has no secret in %p', (secret) => {
    expect(webhookKey(secret)).toBeNull();
  });

  it('is sent ten times, ever later, and then no more', () => {
    const waits = Array.from({ length: 10 }, (_, at) => againAfterMs(at + 1));
    expect(waits.slice(0, 3)).toEqual([5_000, 300_000, 1_800_000]);
    expect(waits.at(-2)).toBe(86_400_000);
    expect(waits.at(-1)).toBeNull();
  });
});
