import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { toHex } from '../../src/core/ledger/merkle.js';
import { drawUnits } from '../../src/core/sampling/monetary-unit.js';
import { populationHash } from '../../src/core/sampling/population.js';
import { seedOf } from '../../src/core/sampling/seed.js';
import { drawStratified } from '../../src/core/sampling/stratified.js';

const population = fc.uniqueArray(
  fc.record({
    stratum: fc.constantFrom('measured/A', 'measured/B', 'estimated/A', 'credit/measured/é', 'ü'),
    key: fc.stringMatching(/^[A-Za-z0-9é]{1,8}$/),
    size: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 }), fc.nat()),
  }),
  { selector: ({ key }) => key, minLength: 1, maxLength: 60 },
);
const drawing = fc.record({
  items: population,
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  nonce: fc.stringMatching(/^[a-zé]{16,30}$/),
});

const PYTHON = spawnSync('python3', ['--version']);

describe('sampling.py, written from the text alone', () => {
  const draws = (): void => {
    const asked: object[] = [];
    const ours: object[] = [];
    for (const [at, { items, root, nonce }] of fc
      .sample(drawing, { numRuns: 300, seed: 530 })
      .entries()) {
      const rows = items.map(({ stratum, key, size }) => [stratum, key, size]);
      const of = { root: toHex(root), nonce, items: rows };
      const seed = seedOf(root, nonce);
      const said = { seed: toHex(seed), table: populationHash(items) };
      const count = 1 + (at % 70);
      asked.push({ ...of, count });
      const byCount = drawStratified(items, { count, seed });
      ours.push({ ...said, keys: byCount.items.map(({ key }) => key) });
      const total = items.reduce((sum, { size }) => sum + size, 0);
      if (total === 0) continue;
      const tolerable = 3 + Math.floor(total / (2 + (at % 40)));
      const confidencePct = at % 2 === 0 ? 95 : 90;
      asked.push({ ...of, tolerable, confidencePct });
      const byUnit = drawUnits(items, { tolerable, confidencePct, seed });
      ours.push({
        ...said,
        planned: byUnit.plannedCount,
        interval: byUnit.interval,
        start: byUnit.start,
        keys: byUnit.items.map(({ key }) => key),
        units: byUnit.items.map(({ unit }) => unit),
      });
    }
    const { stdout } = spawnSync('python3', ['test/verifiers/sampling.py'], {
      input: JSON.stringify(asked),
      encoding: 'utf8',
    });
    expect(ours).toEqual(JSON.parse(stdout));
  };

  if (PYTHON.status === 0) it('draws the same items as we do', draws);
  else {
    it('is read where there is no python3', () => {
      process.stdout.write('There is no python3 here: sampling.py was read and not run.\n');
      expect(PYTHON.status).not.toBe(0);
    });
  }
});
