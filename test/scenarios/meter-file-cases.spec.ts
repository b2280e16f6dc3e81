import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HOUSE_PROFILE } from '../../src/core/metering/import-profile.js';
import { ianaLegalTime } from '../../src/core/time/tz-zones.js';
import { type FileZone, parseOffset } from '../../src/core/time/local-stamp.js';
import type { ImportsService } from '../../src/features/imports/imports.service.js';
import { IntervalFileService } from '../../src/features/metering/intake/interval-file.service.js';
import { IMPORT_PROFILE } from '../../src/features/metering/profiles/import-profile.kind.js';

const ROOT = 'fixtures/meter-files';
const LEGAL: Readonly<Record<string, string>> = { 'US-PAC': 'US/Pacific', 'US-EAST': 'US/Eastern' };

interface Case {
  readonly meters: Readonly<
    Record<
      string,
      {
        minutes: number;
        direction: 'consumption' | 'generation';
        ratedW: number;
        changes?: readonly { from: string; intervalMinutes: number }[];
      }
    >
  >;
  readonly steps: readonly {
    readonly file: string;
    readonly meter?: string;
    readonly setAside?: boolean;
    readonly profile?: Record<string, unknown>;
  }[];
  /** Wh by meter from an instant on; null = missing. */
  readonly read?: Readonly<Record<string, { from: string; wh: readonly (number | null)[] }>>;
  readonly refused?: boolean;
  readonly orRefused?: boolean;
  readonly totalWh?: readonly [number, number];
}

function zoneOf(zone: string): FileZone {
  const offsetMinutes = parseOffset(zone);
  if (zone === 'stated') return { kind: 'stated' };
  if (offsetMinutes !== null) return { kind: 'fixed', offsetMinutes };
  return { kind: 'legal', code: zone, rules: ianaLegalTime(LEGAL[zone] ?? zone)! };
}

/** Reads the file of a case as an upload would be read, without a ledger. */
async function read(folder: string, { meters, steps }: Case, given?: string) {
  const step = steps[0]!;
  const bytes =
    given === undefined ? readFileSync(join(ROOT, folder, step.file)) : Buffer.from(given);
  const open = (): Readable => Readable.from([bytes], { objectMode: false });
  const files = new IntervalFileService({ open } as unknown as ImportsService);
  const settings = step.profile ?? {};
  const profile =
    step.profile === undefined
      ? HOUSE_PROFILE
      : IMPORT_PROFILE.attributes.parse({ name: folder, settings }).settings;
  return files.read(
    { sha256: '', byteCount: bytes.length } as unknown as Parameters<typeof files.read>[0],
    {
      fileName: step.file,
      profile,
      zone: zoneOf(profile.zone),
      meters: Object.entries(meters).map(
        ([code, { minutes, direction, ratedW, changes = null }]) => ({
          code,
          direction,
          intervalMinutes: minutes,
          ratedPowerW: ratedW,
          intervalChanges: changes,
        }),
      ),
      onlyMeter: step.meter ?? null,
    },
  );
}

type Read = Awaited<ReturnType<typeof read>>;

function whFrom(file: Read, meterCode: string, from: string, count: number): (number | null)[] {
  const byInstant = new Map<number, number>();
  let stepMs = 0;
  for (const day of file.days()) {
    if (day.meterCode !== meterCode) continue;
    stepMs = day.intervalMinutes * 60_000;
    day.wh.forEach((wh, at) => byInstant.set(Date.parse(day.utcDay) + at * stepMs, wh));
  }
  return Array.from({ length: count }, (_, at) => {
    const wh = byInstant.get(Date.parse(from) + at * stepMs) ?? Number.NaN;
    return Number.isNaN(wh) ? null : wh;
  });
}

const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => readdirSync(join(ROOT, name)).length === 2);

describe('files of meters, each as its source writes it', () => {
  it.each(folders)('%s', async (folder) => {
    const one = JSON.parse(readFileSync(join(ROOT, folder, 'case.json'), 'utf8')) as Case;
    const file = await read(folder, one);
    const { problems } = file;
    const isSetAside = one.steps[0]!.setAside === true && problems.areRowsOnly && file.rowCount > 0;
    const isRefused = !problems.isEmpty && !isSetAside;
    if (one.refused === true || (one.orRefused === true && isRefused)) {
      expect(isRefused).toBe(true);
      return;
    }
    expect(isRefused ? problems.list : []).toEqual([]);
    for (const [meter, { from, wh }] of Object.entries(one.read ?? {})) {
      expect(whFrom(file, meter, from, wh.length)).toEqual(wh);
    }
    if (one.totalWh !== undefined) {
      expect(file.totalWh).toBeGreaterThanOrEqual(one.totalWh[0]);
      expect(file.totalWh).toBeLessThanOrEqual(one.totalWh[1]);
    }
  });

  it.each([
    ['quarters-as-ranges', { quantity: 'register' }],
    ['summer-time-for-nem12', { quantity: 'register', zone: '+10:00' }],
    ['green-button-links', { quantity: 'register' }],
    ['tenths-of-watt-hours', { registerDigits: 6 }],
  ])('are not read by a profile that takes them for a counter: %s', async (folder, wrong) => {
    const one = JSON.parse(readFileSync(join(ROOT, folder, 'case.json'), 'utf8')) as Case;
    const [step] = one.steps;
    const steps = [{ ...step!, profile: { ...step!.profile, ...wrong } }];
    await expect(read(folder, { ...one, steps })).rejects.toMatchObject({
      code: 'import.profile_unfit',
      details: { fix: expect.any(String) },
    });
  });
});

describe('a file of one meter that nobody named', () => {
  const meters = {
    M: { minutes: 60, ratedW: 1_000_000, direction: 'consumption' as const },
  };
  const numbers = Array.from({ length: 24 }, (_, at) => at + 1);

  it.each([
    [
      'by a profile',
      'Debut;kW\n2026-03-01T00:00Z;5\n',
      { delimiter: ';', unit: 'kw', columns: { start: 'Debut', value: 'kW' } },
    ],
    ['in our own form', 'start,wh\n2026-03-01T00:00:00Z,5\n', {}],
    [
      'a day a row',
      `date,${numbers.join()}\n2026-03-01,${numbers.join()}\n`,
      { format: 'csv-wide', unit: 'wh', zone: 'UTC' },
    ],
  ])('is refused for that, %s', async (_, text, settings) => {
    const profile = { quality: 'ACTUAL', ...settings };
    const stepOf = (meter?: string) => [{ file: 'one.csv', profile, ...(meter && { meter }) }];
    const { problems } = await read('one', { meters, steps: stepOf() }, text);
    expect(problems.list).toMatchObject([
      { rule: 'header.known', fix: expect.stringMatching(/--meter CODE/) as string },
    ]);
    const named = await read('one', { meters, steps: stepOf('M') }, text);
    expect(named.problems.list).toEqual([]);
  });
});
