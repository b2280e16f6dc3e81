import { gzipSync } from 'node:zlib';
import type { TestApp } from './app.js';
import { seeded } from './seeded.js';

/** Bytes of a gzip header that no reader looks at: the time, the compressor's effort, the system. */
const UNREAD_HEADER = { from: 4, to: 10 } as const;
const ROWS = 24_000;
const HOUR_MS = 3_600_000;

/** Readings of M-60 that pack into far more than one chunk of a file (64 KiB). */
export function packedIntervals(seed: number): Buffer {
  const random = seeded(seed);
  const lines = ['meter,start,wh,quality'];
  for (let hour = 0; hour < ROWS; hour += 1) {
    const start = new Date(Date.UTC(2022, 0, 1) + hour * HOUR_MS).toISOString();
    lines.push(`M-60,${start.replace('.000Z', 'Z')},${Math.floor(random() * 2e7)},ACTUAL`);
  }
  const packed = gzipSync(`${lines.join('\n')}\n`);
  if (packed.length < 100_000) throw new Error('The packed file is too small to prove anything.');
  return packed;
}

/**
 * Sends a packed file once for each place, with that byte changed, and says what was answered.
 *
 * @param places  Offsets into the file.
 * @returns How many files got which answer, and the places whose answer is not a refusal.
 */
export async function sendDamaged(
  app: TestApp,
  packed: Buffer,
  places: readonly number[],
): Promise<{ readonly answers: ReadonlyMap<string, number>; readonly taken: readonly number[] }> {
  const answers = new Map<string, number>();
  const taken: number[] = [];
  for (const at of places) {
    const damaged = Buffer.from(packed);
    damaged[at] = damaged[at]! ^ 0x5a;
    const { status, body } = await app.call('POST', '/v1/imports/intervals', {
      role: 'operator',
      body: damaged,
      type: 'application/gzip',
    });
    const answer = `${status} ${body.code ?? ''}`.trim();
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    const isUnread = at >= UNREAD_HEADER.from && at < UNREAD_HEADER.to;
    if (status < 400 && !isUnread) taken.push(at);
  }
  return { answers, taken };
}
