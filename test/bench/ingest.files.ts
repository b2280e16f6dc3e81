/**
 * Writes the files of the ingest benchmark, in a process of its own: `node ingest.files.ts FOLDER`
 * prints how many rows they hold.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Meters of the campus. */
export const METERS = 200;
/** The year that is taken in. */
export const YEAR = 2027;
const STEP_MS = 900_000;

/** Code of a meter. */
export const code = (meter: number): string => `M-${String(meter + 1).padStart(3, '0')}`;
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Wh of a quarter-hour: about 2.5 MW halls that breathe, from whole numbers only. */
function whOf(meter: number, at: number): number {
  const mixed = Math.imul(meter * 35_040 + at + 1, 0x9e3779b1) >>> 0;
  return 550_000 + ((at % 96) - 48) ** 2 * 20 + (mixed % 25_000);
}

async function writeMonth(file: string, month: number): Promise<number> {
  const [from, to] = [Date.UTC(YEAR, month, 1), Date.UTC(YEAR, month + 1, 1)];
  const first = (from - Date.UTC(YEAR, 0, 1)) / STEP_MS;
  const count = (to - from) / STEP_MS;
  const starts = Array.from({ length: count }, (_, at) => iso(from + at * STEP_MS));
  const out = await open(file, 'w');
  await out.write('meter,start,wh,quality\n');
  for (let meter = 0; meter < METERS; meter += 1) {
    const name = code(meter);
    const lines = starts.map((start, at) => `${name},${start},${whOf(meter, first + at)},ACTUAL\n`);
    await out.write(lines.join(''));
  }
  await out.close();
  return METERS * count;
}

const folder = process.argv[2];
if (import.meta.main && folder !== undefined) {
  let rowCount = 0;
  for (let month = 0; month < 12; month += 1) {
    rowCount += await writeMonth(join(folder, `${month}.csv`), month);
  }
  process.stdout.write(`${rowCount}\n`);
}
