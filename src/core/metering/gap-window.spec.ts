import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { merged, stepGapWindow, type WindowReading } from './gap-window.js';
import { QUALITY } from './blocks/quality.js';

const HOUR = 3_600_000;
const QUALITIES = {
  measured: QUALITY.ACTUAL,
  calculated: QUALITY.DERIVED,
  missing: QUALITY.MISSING,
};

interface Case {
  readonly id: string;
  readonly title: string;
  readonly sync?: number;
  readonly new_sync?: number;
  readonly initial_missing: readonly [number, number][];
  readonly readings: readonly {
    from_h: number;
    to_h: number;
    wh: number;
    quality: keyof typeof QUALITIES;
  }[];
  readonly expected: { missing?: readonly [number, number][]; accepted?: number };
}

const { vectors } = JSON.parse(readFileSync('fixtures/vectors/gap_window.json', 'utf8')) as {
  vectors: Case[];
};

describe('gap window', () => {
  it.each(vectors.map((one) => [`${one.id} ${one.title}`, one] as const))('%s', (_, one) => {
    const missing = one.initial_missing.map(([from, to]) => ({
      startMs: from * HOUR,
      endMs: to * HOUR,
    }));
    const syncMs = (one.sync ?? Math.max(0, ...one.initial_missing.map(([, to]) => to))) * HOUR;
    const readings = one.readings.map(({ from_h, to_h, wh, quality }) => ({
      startMs: from_h * HOUR,
      endMs: to_h * HOUR,
      wh,
      quality: QUALITIES[quality],
    }));
    const step = stepGapWindow({ syncMs, missing }, readings, (one.new_sync ?? 0) * HOUR);
    if (one.expected.missing !== undefined) {
      expect(
        step.window.missing.map(({ startMs, endMs }) => [startMs / HOUR, endMs / HOUR]),
      ).toEqual(one.expected.missing);
    }
    if (one.expected.accepted !== undefined)
      expect(step.accepted).toHaveLength(one.expected.accepted);
  });

  const reading = fc
    .record({
      from: fc.integer({ min: 0, max: 20 }),
      quality: fc.constantFrom(0, 4, 7, 8),
      wh: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ from, quality, wh }): WindowReading => ({
      startMs: from * HOUR,
      endMs: (from + 1) * HOUR,
      quality,
      wh,
    }));

  it('keeps its list sorted and apart, never moves back, and certifies no estimate and no zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(reading), fc.integer({ min: 0, max: 24 }))),
        (batches) => {
          let window = { syncMs: 0, missing: [] as readonly { startMs: number; endMs: number }[] };
          for (const [readings, target] of batches) {
            const step = stepGapWindow(window, readings, target * HOUR);
            expect(step.window.syncMs).toBeGreaterThanOrEqual(window.syncMs);
            step.window.missing.forEach(({ startMs, endMs }, at, list) => {
              expect(endMs).toBeGreaterThan(startMs);
              if (at > 0) expect(startMs).toBeGreaterThan(list[at - 1]!.endMs);
            });
            expect(
              step.accepted.every(({ quality, wh }) => quality >= QUALITY.DERIVED && wh > 0),
            ).toBe(true);
            window = step.window;
          }
        },
      ),
    );
  });

  it('ends the same whatever the order of batches, once all are in', () => {
    fc.assert(
      fc.property(fc.array(reading), fc.integer({ min: 0, max: 20 }), (readings, cut) => {
        const run = (batches: readonly (readonly WindowReading[])[]) =>
          batches.reduce((window, batch) => stepGapWindow(window, batch, 24 * HOUR).window, {
            syncMs: 0,
            missing: [],
          } as ReturnType<typeof stepGapWindow>['window']);
        const [one, two] = [readings.slice(0, cut), readings.slice(cut)];
        expect(run([one, two])).toEqual(run([two, one]));
      }),
    );
  });

  it('merges what touches', () => {
    const touching = [
      { startMs: 5, endMs: 6 },
      { startMs: 1, endMs: 3 },
      { startMs: 3, endMs: 5 },
      { startMs: 9, endMs: 9 },
    ];
    expect(merged(touching)).toEqual([{ startMs: 1, endMs: 6 }]);
  });
});
