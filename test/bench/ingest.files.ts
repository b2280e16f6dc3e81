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

/** A month of days, one a row, all meters. */
async function writeWide(file: string): Promise<void> {
  const out = await open(file, 'w');
  const labels = Array.from({ length: 96 }, (_, at) => at + 1).join(',');
  await out.write(`meter,date,quality,${labels}\n`);
  for (let meter = 0; meter < METERS; meter += 1) {
    for (let day = 0; day < 31; day += 1) {
      const date = iso(Date.UTC(YEAR + 1, 0, day + 1)).slice(0, 10);
      const wh = Array.from({ length: 96 }, (_, at) => whOf(meter, day * 96 + at)).join(',');
      await out.write(`${code(meter)},${date},ACTUAL,${wh}\n`);
    }
  }
  await out.close();
}

/** How many usage points the Green Button file has: such files are of a few meters. */
export const POINTS = 20;

/** A month of Green Button blocks, one a day. */
async function writeEspi(file: string): Promise<void> {
  const out = await open(file, 'w');
  const entry = (self: string, up: string, related: string, content: string): string =>
    `<entry><link rel="self" href="${self}"/><link rel="up" href="${up}"/>` +
    `<link rel="related" href="${related}"/><content>${content}</content></entry>\n`;
  const type =
    '<ReadingType><accumulationBehaviour>4</accumulationBehaviour><flowDirection>1</flowDirection>' +
    '<powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom></ReadingType>';
  await out.write('<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">\n');
  await out.write(entry('/ReadingType/1', '/ReadingType', '', type));
  for (let meter = 0; meter < POINTS; meter += 1) {
    const self = `/UsagePoint/${code(meter)}/MeterReading/1`;
    await out.write(entry(self, '', '/ReadingType/1', '<MeterReading/>'));
    for (let day = 0; day < 28; day += 1) {
      const dayS = Date.UTC(YEAR + 1, 1, day + 1) / 1000;
      const readings = Array.from(
        { length: 96 },
        (_, at) =>
          '<IntervalReading><ReadingQuality><quality>17</quality></ReadingQuality><timePeriod>' +
          `<duration>900</duration><start>${dayS + at * 900}</start></timePeriod>` +
          `<value>${whOf(meter, day * 96 + at)}</value></IntervalReading>`,
      ).join('');
      const block = `<IntervalBlock>${readings}</IntervalBlock>`;
      await out.write(entry(`${self}/IntervalBlock/${day}`, `${self}/IntervalBlock`, '', block));
    }
  }
  await out.write('</feed>\n');
  await out.close();
}

const folder = process.argv[2];
if (import.meta.main && folder !== undefined) {
  let rowCount = 0;
  for (let month = 0; month < 12; month += 1) {
    rowCount += await writeMonth(join(folder, `${month}.csv`), month);
  }
  await writeWide(join(folder, 'wide.csv'));
  await writeEspi(join(folder, 'espi.xml'));
  process.stdout.write(`${rowCount}\n`);
}
