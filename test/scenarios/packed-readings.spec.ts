import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { ImportsService } from '../../src/features/imports/imports.service.js';
import { IntervalFileService } from '../../src/features/metering/intake/interval-file.service.js';
import { ProfileGuessService } from '../../src/features/metering/profiles/profile-guess.service.js';
import { IMPORT_PROFILE } from '../../src/features/metering/profiles/import-profile.kind.js';
import { builtInZone } from '../../src/features/metering/profiles/profiles.service.js';
import { zipOf } from '../support/zip.js';

const files = new IntervalFileService({} as ImportsService);
const HEADER = 'meter,start,wh,quality';
const csv = (...rows: readonly string[]): string => [HEADER, ...rows].join('\n');
const row = (hour: number, wh: number, meter = 'M'): string =>
  `${meter},2026-10-01T0${hour}:00:00Z,${wh},ACTUAL`;

function read(
  bytes: Buffer | string,
  settings: object = {},
  fileName = 'sent.zip',
  intervalMinutes = 60,
) {
  const { settings: profile } = IMPORT_PROFILE.attributes.parse({ name: 'P', settings });
  const meters = ['M', 'N'].map((code) => ({
    code,
    intervalMinutes,
    ratedPowerW: 1e9,
    direction: 'consumption' as const,
  }));
  return files.readBytes(Readable.from([Buffer.from(bytes)]), {
    fileName,
    profile,
    zone: builtInZone(profile.zone)!,
    meters,
    onlyMeter: 'M',
  });
}

const wh = async (bytes: Buffer | string, settings: object = {}) =>
  [...(await read(bytes, settings)).days()].map(({ meterCode, wh: values }) => [
    meterCode,
    ...[...values].filter((value) => !Number.isNaN(value)),
  ]);

const refused = (bytes: Buffer | string, settings: object = {}) =>
  read(bytes, settings).then(
    () => 'read',
    ({ code, details }: { code: string; details: { detail?: string; limit?: string } }) =>
      `${code}: ${details.detail ?? details.limit}`,
  );

describe('a ZIP file', () => {
  it('is read as each of its files', async () => {
    const zip = zipOf([
      { name: 'monday.csv', bytes: csv(row(0, 1), row(1, 2)) },
      {
        name: 'n.csv',
        bytes: `start;kwh;meter;quality\n2026-10-01T00:00:00Z;0.5;N;ACTUAL`,
        isStored: true,
      },
    ]);
    expect(await wh(zip)).toEqual([
      ['M', 1, 2],
      ['N', 500],
    ]);
    expect(await read(zip)).toMatchObject({ rowCount: 3, totalWh: 503 });
  });

  it('takes names of files as text, and leaves what systems put beside', async () => {
    const zip = zipOf([
      { name: '../../etc/passwd.csv', bytes: csv(row(0, 1)) },
      { name: 'folder/', bytes: '' },
      { name: '__MACOSX/._a.csv', bytes: 'x' },
    ]);
    expect(await wh(zip)).toEqual([['M', 1]]);
    expect((await read(zip)).leftOut).toMatchObject([{ channel: '__MACOSX/._a.csv', rowCount: 1 }]);
  });

  it('names file and line of what is wrong, with lines counted through', async () => {
    const { problems } = await read(
      zipOf([
        { name: 'a.csv', bytes: csv(row(0, 1), row(1, 2)) },
        { name: 'b.csv', bytes: csv(row(1, 9), 'M,yesterday,1,ACTUAL') },
      ]),
    );
    expect(problems.list).toMatchObject([
      {
        row: 5,
        rule: 'interval.once_in_file',
        detail: expect.stringMatching(/^b\.csv, line 2: Line 3 /),
      },
      { row: 6, detail: expect.stringMatching(/^b\.csv, line 3: /) },
    ]);
  });

  it.each([
    ['no file', zipOf([]), 'The ZIP file holds no file.'],
    ['an Office file', zipOf([{ name: '[Content_Types].xml', bytes: '<a/>' }]), 'Office'],
    [
      'another ZIP file',
      zipOf([{ name: 'a.zip', bytes: zipOf([{ name: 'a', bytes: 'x' }]) }]),
      'ZIP',
    ],
    [
      'names that differ',
      zipOf([{ name: 'a.csv', bytes: 'x', listedAs: 'b.csv' }]),
      'different things',
    ],
    [
      'sizes that differ',
      zipOf([{ name: 'a.csv', bytes: 'xx', listedPacked: 3 }]),
      'different things',
    ],
    ['a wrong checksum', zipOf([{ name: 'a.csv', bytes: csv(row(0, 1)), crc: 7 }]), 'checksum'],
    [
      'a size too small',
      zipOf([{ name: 'a.csv', bytes: csv(row(0, 1)), size: 5 }]),
      'larger than it says',
    ],
    ['a size too large', zipOf([{ name: 'a.csv', bytes: csv(row(0, 1)), size: 500 }]), 'checksum'],
    ['a password', zipOf([{ name: 'a.csv', bytes: 'x', flags: 1 }]), 'encrypted'],
    [
      'bytes behind its end',
      Buffer.concat([zipOf([{ name: 'a', bytes: 'x' }]), Buffer.from('!')]),
      'directory',
    ],
    ['bytes before its directory', cutIn(zipOf([{ name: 'a', bytes: 'x' }])), 'directory'],
    ['half of it', zipOf([{ name: 'a.csv', bytes: csv(row(0, 1)) }]).subarray(0, 60), 'directory'],
  ])('is refused for %s', async (_, zip, detail) => {
    const answer = await refused(zip);
    expect(answer).toMatch(/^import\.file_unreadable: /);
    expect(answer).toContain(detail);
  });

  it('is refused when it unpacks to too much', async () => {
    const bomb = zipOf([{ name: 'a.csv', bytes: Buffer.alloc(3_000_000, 'x\n') }]);
    expect(await refused(bomb)).toBe('import.limit_exceeded: times unpacked size over packed');
    const many = Array.from({ length: 1_001 }, (_, at) => ({ name: `${at}`, bytes: 'x' }));
    expect(await refused(zipOf(many))).toBe('import.limit_exceeded: files in a ZIP file');
  });

  it('of several files is not read for a counter', async () => {
    const two = ['a.csv', 'b.csv'].map((name) => ({ name, bytes: csv(row(0, 1)) }));
    expect(await refused(zipOf(two), { quantity: 'register' })).toMatch(/^import\.profile_unfit/);
  });
});

/** Bytes that nobody lists, between the files and the directory. */
function cutIn(zip: Buffer): Buffer {
  const at = zip.indexOf(Buffer.from('PK\x01\x02'));
  return Buffer.concat([zip.subarray(0, at), Buffer.from('hidden'), zip.subarray(at)]);
}

describe('a JSON export', () => {
  const intervals = [
    { from: '2026-10-01T00:00:00Z', reading: { value: 0.25, unit: 'kWh' }, q: 'A' },
    { from: '2026-10-01T01:00:00Z', reading: { value: 1e-3, unit: 'kWh' }, q: 'A' },
  ];
  const settings = {
    rows: '$.data.intervals',
    unit: 'kwh',
    qualities: { A: 'ACTUAL' },
    columns: { start: 'from', value: 'reading.value', quality: 'q' },
  };

  it('is read at its path', async () => {
    const text = JSON.stringify({ meta: { count: 2 }, data: { site: 'X', intervals } });
    expect(await wh(text, settings)).toEqual([['M', 250, 1]]);
    expect(await read(text, settings)).toMatchObject({ format: 'json', rowCount: 2 });
  });

  it('is read over several arrays, of lists, and of the house’s names', async () => {
    const meters = [
      ['M', 1],
      ['N', 2],
    ].map(([meter, value]) => ({
      readings: [{ meter, start: '2026-10-01T00:00:00Z', wh: value, quality: 'ACTUAL' }],
    }));
    expect(await wh(JSON.stringify({ meters }), { rows: '$.meters.*.readings' })).toEqual([
      ['M', 1],
      ['N', 2],
    ]);
    const lists = JSON.stringify([
      ['2026-10-01T00:00:00Z', 7],
      ['2026-10-01T01:00:00Z', 8],
    ]);
    const byPlace = { rows: '$', unit: 'wh', quality: 'RAW', columns: { start: '0', value: '1' } };
    expect(await wh(lists, byPlace)).toEqual([['M', 7, 8]]);
  });

  it('names the item that is wrong, and is refused whole', async () => {
    const broken = { data: { intervals: [intervals[0], { ...intervals[1], from: 'noon' }] } };
    const { problems } = await read(JSON.stringify(broken), settings);
    expect(problems.list).toMatchObject([{ row: 2, column: 'from', value: 'noon' }]);
    expect(problems.areRowsOnly).toBe(false);
  });

  it.each([
    [
      'no such path',
      JSON.stringify({ data: { rows: intervals } }),
      'no array with items at $.data.intervals',
    ],
    ['a file that is cut short', JSON.stringify({ data: { intervals } }).slice(0, -3), 'Not JSON'],
    ['a path that nobody states', JSON.stringify({ data: { intervals } }), 'rows'],
  ])('is refused for %s', async (what, text, detail) => {
    const stated = what === 'a path that nobody states' ? { unit: 'kwh' } : settings;
    expect(await refused(text, stated)).toContain(detail);
  });

  it('is found: path, names, unit', async () => {
    const text = JSON.stringify({
      data: { intervals: [...intervals, { ...intervals[0], from: '2026-10-01T02:00:00Z' }] },
    });
    const found = await new ProfileGuessService(files).guess(
      Readable.from([Buffer.from(text)]),
      'a.json',
      {},
    );
    expect(found.settings).toMatchObject({
      format: 'json',
      rows: '$.data.intervals',
      unit: 'kwh',
      qualities: { A: 'ACTUAL' },
      columns: { start: 'from', value: 'reading.value', quality: 'q' },
    });
    expect(found.rows.map(({ wh: value }) => value)).toEqual([250, 1, 250]);
  });
});

describe('what is no reading', () => {
  const total = (text: string, rows: readonly string[] = [row(0, 1), row(1, 2)]) =>
    read(`${[HEADER, ...rows, text].join('\n')}\n`, {}, 'sent.csv');

  it.each(['Total,,3,', 'Summe;', '"Grand total",,3,', 'Total: 3', 'Source: the utility'])(
    'below the readings is refused with the setting that passes it over: %s',
    async (text) => {
      const { problems } = await total(text);
      const start = /^"?[^\d,;\t|]+/.exec(text)![0].trimEnd();
      expect(problems.list).toMatchObject([{ row: 4, fix: expect.stringMatching('ignoreLines') }]);
      expect(problems.list[0]!.fix).toContain(JSON.stringify([start]));
      const mended = await read(
        `${csv(row(0, 1), row(1, 2))}\n${text}\n`,
        { ignoreLines: [start] },
        'sent.csv',
      );
      expect([mended.problems.count, mended.totalWh]).toEqual([0, 3]);
    },
  );

  it('leaves the fix of a reading alone', async () => {
    const { problems } = await total('M,2026-10-32T00:00:00Z,3,ACTUAL');
    expect(problems.list[0]!.fix).not.toMatch('ignoreLines');
  });

  it('is a row whose second meter has no place: it stands or falls whole', async () => {
    const settings = {
      format: 'csv-columns',
      unit: 'wh',
      quality: 'RAW',
      meters: { a: 'M', b: 'N' },
    };
    const text = [
      'start,a,b',
      '2026-10-01T00:00:00Z,1,10',
      '2026-10-01T01:00:00Z,2,20',
      '2026-10-01T01:00:00Z,2,99',
      '2026-10-01T01:30:00Z,3,30',
      '2026-10-01T02:00:00Z,4,40',
    ].join('\n');
    const found = await read(text, settings, 'sent.csv');
    expect(found.problems.list).toMatchObject([
      { row: 4, rule: 'interval.once_in_file' },
      { row: 5, rule: 'start.on_grid' },
    ]);
    expect(found.problems.areRowsOnly).toBe(true);
    expect([...found.days()].map(({ wh: values }) => Array.from(values.slice(0, 3)))).toEqual([
      [1, 2, 4],
      [10, 20, 40],
    ]);
    expect(found).toMatchObject({ rowCount: 6, repeatedCount: 0 });
  });
});

describe('versions within a file', () => {
  const seen = { unit: 'wh', quality: 'RAW', columns: { updatedAt: 'seen' } };

  it('are told apart by a column, a day a row and a meter a column', async () => {
    const labels = Array.from({ length: 24 }, (_, at) => at + 1).join(',');
    const day = (updated: string, value: number) =>
      `M,2026-10-01,${updated},${Array(24).fill(value).join(',')}`;
    const wide = [
      `meter,date,seen,${labels}`,
      day('2026-10-05 10:00', 1),
      day('2026-10-04 10:00', 2),
    ];
    expect(await read(wide.join('\n'), { ...seen, zone: 'UTC' })).toMatchObject({
      totalWh: 24,
      rowCount: 24,
      outdatedCount: 24,
    });
    const columns = [
      'start,seen,a,b',
      '2026-10-01T00:00:00Z,2026-10-04T00:00:00Z,1,10',
      '2026-10-01T00:00:00Z,2026-10-05T00:00:00Z,2,20',
    ];
    const settings = { ...seen, format: 'csv-columns', meters: { a: 'M', b: 'N' } };
    expect(await read(columns.join('\n'), settings)).toMatchObject({
      totalWh: 22,
      outdatedCount: 2,
    });
  });

  it('have the time of their entry in Green Button', async () => {
    const feed = readFileSync('fixtures/sources/greenbutton_1day_15min_quality7_8.xml');
    const [day] = [...(await read(feed, {}, 'feed.xml', 15)).days()];
    expect(new Set(day!.updated)).toEqual(new Set([0, Date.parse('2012-10-24T00:00:00Z')]));
  });
});
