import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { GuessAnswers } from '../../src/core/metering/guess/answers.js';
import { guessProfile } from '../../src/core/metering/guess/guess-profile.js';
import type { ImportsService } from '../../src/features/imports/imports.service.js';
import { IntervalFileService } from '../../src/features/metering/intake/interval-file.service.js';
import { ProfileGuessService } from '../../src/features/metering/profiles/profile-guess.service.js';
import { IMPORT_PROFILE } from '../../src/features/metering/profiles/import-profile.kind.js';
import { builtInZone } from '../../src/features/metering/profiles/profiles.service.js';

const ROOT = 'fixtures/exports';
const files = new IntervalFileService({} as ImportsService);

interface Right {
  /** What the file does not say, and its owner knows. */
  readonly answers: GuessAnswers;
  readonly intervalMinutes: number;
  readonly settings: Record<string, unknown>;
}

const fileOf = (name: string): string => readFileSync(join(ROOT, name, 'in.csv'), 'utf8');
const rightOf = (name: string): Right =>
  JSON.parse(readFileSync(join(ROOT, name, 'profile.json'), 'utf8')) as Right;

/** What a file says by a profile, to compare. */
async function readBy(name: string, settings: object, intervalMinutes: number) {
  const { settings: profile } = IMPORT_PROFILE.attributes.parse({ name, settings });
  const codes = [
    'METER',
    ...new Set(Object.values(profile.meters).filter((code) => code !== null)),
  ];
  const read = await files.readBytes(Readable.from([Buffer.from(fileOf(name))]), {
    fileName: name,
    profile,
    zone: builtInZone(profile.zone)!,
    onlyMeter: 'METER',
    meters: codes.map((code) => ({
      code,
      intervalMinutes,
      ratedPowerW: 1e12,
      direction: 'consumption',
    })),
  });
  return {
    problems: read.problems.list.slice(0, 3),
    rowCount: read.rowCount,
    totalWh: read.totalWh,
    bounds: read.bounds,
    days: [...read.days()].map(({ meterCode, utcDay, wh, quality }) => ({
      meterCode,
      utcDay,
      wh: [...wh],
      quality: [...quality],
    })),
  };
}

const names = readdirSync(ROOT);

describe('profiles of the exports of utilities', () => {
  it('are there for twenty and more', () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  it.each(names)('are found without editing: %s', async (name) => {
    const { answers, intervalMinutes, settings } = rightOf(name);
    const guessed = guessProfile(fileOf(name), answers);
    const right = await readBy(name, settings, intervalMinutes);
    expect(right.problems).toEqual([]);
    expect(right.rowCount).toBeGreaterThan(20);
    expect(guessed).toMatchObject({ intervalMinutes });
    expect(await readBy(name, guessed!.settings, intervalMinutes)).toEqual(right);
    expect(guessed!.questions.filter(({ isNeeded }) => isNeeded)).toEqual([]);
  });

  it.each(names)('ask for what the file does not say: %s', (name) => {
    const { answers } = rightOf(name);
    const needed = guessProfile(fileOf(name), {})!.questions;
    const settings = needed.filter(({ isNeeded }) => isNeeded).map(({ setting }) => setting);
    for (const setting of settings) expect(Object.keys(answers)).toContain(setting);
    if ('zone' in answers) expect(settings).toContain('zone');
  });

  it('show the first rows as they would be read', async () => {
    const service = new ProfileGuessService(files);
    const bytes = (name: string) => Readable.from([Buffer.from(fileOf(name))]);
    const octopus = await service.guess(bytes('octopus'), 'octopus.csv', {});
    expect(octopus).toMatchObject({ areLocal: false, rowCount: 96, rejectedCount: 0 });
    expect(octopus.rows[0]).toMatchObject({ line: 2, start: '2026-10-04T23:00:00Z', wh: 50 });
    const local = await service.guess(bytes('datadis'), 'datadis.csv', {});
    expect(local.areLocal).toBe(true);
    expect(local.rows[0]).toMatchObject({ line: 2, start: '2026-10-05 00:00', quality: 'ACTUAL' });
    const registers = await service.guess(bytes('fluvius-injection'), 'fluvius.csv', {});
    expect(registers.meters.toSorted()).toEqual([
      'Afname Dag',
      'Afname Nacht',
      'Injectie Dag',
      'Injectie Nacht',
    ]);
    expect(new Set(registers.rows.map(({ meter }) => meter)).size).toBe(2);
  });

  it('name the channels of forms that say the rest themselves', () => {
    const nem12 = readFileSync('fixtures/sources/Example_NEM12_multiple_quality.csv', 'utf8');
    expect(guessProfile(nem12, {})).toMatchObject({
      settings: { format: 'nem12' },
      meters: [expect.stringMatching(/^CCCC123456\/E1$/)],
    });
    const espi = readFileSync('fixtures/sources/greenbutton_1day_15min_quality7_8.xml', 'utf8');
    expect(guessProfile(espi, {})).toMatchObject({
      settings: { format: 'espi' },
      meters: ['5446AF3F'],
      questions: [],
    });
  });

  it('take the column of one meter where its name is mapped, and no other', () => {
    const text = [
      'MeterID,Channel,IntervalStart,Value,UOM',
      ...[0, 1, 2].map((hour) => `AX-7,KWH,2026-03-01 0${hour}:00,1.5,kWh`),
    ].join('\n');
    const columnOf = (meters?: Record<string, string>) =>
      guessProfile(text, { zone: 'UTC', ...(meters && { meters }) })?.settings.columns?.meter;
    expect(columnOf({ 'AX-7': 'AUX' })).toBe('MeterID');
    expect([columnOf(), columnOf({ OTHER: 'AUX' })]).toEqual([null, null]);
  });

  it.each([
    ['a letter', 'Dear customer,\nyour bill is ready.\n'],
    ['XML of something else', '<?xml version="1.0"?><Invoice><ID>1</ID></Invoice>'],
    ['NEM13', '100,NEM13,202610010000,MDP,RET\n250,NMI,E1,1,E1,N1,SER1,E,1,20261001,A,,\n900'],
    ['NEM12 without energy', '100,NEM12,202610010000,MDP,RET\n900'],
  ])('are not found in %s', (_, text) => {
    expect(guessProfile(text, {})).toBeNull();
  });
});
