import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startApp, type TestApp } from './app.js';
import { endServers, serveUntil } from './cli.js';
import { NO_RATES } from './rates.js';
import { rows } from './database.js';
import { createGrid, intervalsCsv } from './make.js';
import { seeded } from './seeded.js';

const SEED = 20_261_122;
const AT_A_TIME = 4;
const RSS_LIMIT_MB = 300;
const SERVES = /Mizan serves (http:\S+)/;
const scratch = mkdtempSync(join(tmpdir(), 'mizan-fuzz-'));

type Draw = (below: number) => number;
type Mutation = (bytes: Buffer, draw: Draw) => Buffer;

const insert = (bytes: Buffer, at: number, what: Buffer | string): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at)]);
const NASTY = [
  '\0',
  '"',
  '""',
  '\r',
  '\n\n',
  ',,,,',
  ';',
  '\t',
  '﻿',
  'é',
  '💡',
  '\ud7ff',
  '-0',
  '1e308',
  '-1',
  'NaN',
  '9'.repeat(40),
  '__proto__',
  'constructor',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '&a;',
  ']]>',
  '<![CDATA[',
  '=cmd()',
  '2026-02-15T02:00:00',
  '2026-13-45T99:99:99Z',
  '{"items":[',
  '100,NEM12,',
  '900\n',
];

// prettier-ignore
const MUTATIONS: readonly Mutation[] = [
  (bytes, draw) => { const out = Buffer.from(bytes); for (let n = draw(8) + 1; n > 0; n -= 1) out[draw(out.length)] = draw(256); return out; },
  (bytes, draw) => bytes.subarray(0, draw(bytes.length)),
  (bytes, draw) => bytes.subarray(draw(bytes.length)),
  (bytes, draw) => insert(bytes, draw(bytes.length), NASTY[draw(NASTY.length)]!),
  (bytes, draw) => insert(bytes, draw(bytes.length), bytes.subarray(draw(bytes.length)).subarray(0, 400)),
  (bytes, draw) => { const at = draw(bytes.length); return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + draw(60))]); },
  (bytes, draw) => insert(bytes, draw(bytes.length), 'x'.repeat(4_000 + draw(9_000))),
  (bytes, draw) => { const lines = bytes.toString('latin1').split('\n'); lines.splice(draw(lines.length), 1, lines[draw(lines.length)]!); return Buffer.from(lines.join('\n'), 'latin1'); },
  (bytes) => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le'),
  (bytes) => Buffer.from(`\ufeff${bytes.toString('utf8')}`),
  (bytes, draw) => { const packed = gzipSync(bytes); if (draw(2) === 0) packed[draw(packed.length)] = draw(256); return packed; },
  (bytes, draw) => Buffer.from(bytes.toString('utf8').replaceAll(',', [';', '\t', '|', ' ,'][draw(4)]!)),
  (bytes, draw) => Buffer.from(bytes.toString('utf8').replaceAll(/\d/g, (digit) => (draw(40) === 0 ? String(draw(10)) : digit))),
];

/** Sends files that something went wrong with, a few at a time, and looks at what became of them. */
export function damagedFiles(fileCount: number): void {
  describe(`${fileCount} files that something went wrong with`, () => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp();
      await createMeters(app);
    });
    afterAll(async () => {
      endServers();
      await app.close();
      rmSync(scratch, { recursive: true, force: true });
    });

    it(`are taken in whole or refused with a reason, in flat memory (seed ${SEED})`, async () => {
      const server = await serveUntil(SERVES, {
        DATABASE_URL: app.database.adminUrl,
        MIZAN_DATA_DIR: scratch,
        PORT: '0',
        LOG_LEVEL: 'silent',
        MIZAN_LEDGER: 'test',
        ...NO_RATES,
      });
      const url = SERVES.exec(server.output())![1]!;
      const startedMs = performance.now();
      const { statuses, wrong } = await sendAll(url, app.keys.operator, filesOf(fileCount));
      const perFileMs = (performance.now() - startedMs) / fileCount;
      const peakMb = peakRssMb(server.child.pid!);
      expect(wrong).toEqual([]);
      expect(perFileMs).toBeLessThan(100);
      expect(peakMb).toBeLessThan(RSS_LIMIT_MB);
      // Some were still good files; a run that refused all would prove nothing, and so would one that took all.
      expect(statuses.get(201)).toBeGreaterThan(fileCount / 20);
      expect(statuses.get(422)).toBeGreaterThan(fileCount / 2);
      await expectNothingHalfDone(app);
      server.child.kill('SIGTERM');
      await server.ended;
    }, 900_000);
  });
}

async function createMeters(app: TestApp): Promise<void> {
  await createGrid(app);
  const post = async (path: string, body: object) => {
    const { status } = await app.call('POST', `/v1/${path}`, { role: 'energy-manager', body });
    expect(status).toBe(201);
  };
  for (const [code, intervalMinutes] of [
    ['GB', 15],
    ['NMI-A', 30],
  ] as const) {
    await post('meters', {
      code,
      name: code,
      siteCode: 'SITE',
      intervalMinutes,
      ratedPowerW: 20_000_000,
    });
  }
  const meters = { '5446AF3F': 'GB', VABD000163: 'NMI-A', CCCC123456: 'NMI-A', Hall: 'M-60' };
  await post('import-profiles', {
    code: 'ANY',
    name: 'Any',
    settings: { meters, zone: 'MA', unit: 'kwh', quality: 'RAW' },
  });
  await post('import-profiles', { code: 'STATED', name: 'Stated', settings: { meters } });
}

interface DamagedFile {
  readonly bytes: Buffer;
  readonly query: string;
}

function filesOf(fileCount: number): readonly DamagedFile[] {
  const random = seeded(SEED);
  const draw: Draw = (below) => Math.floor(random() * below);
  const source = (name: string): Buffer => readFileSync(join('fixtures/sources', name));
  const wide = `meter,date,${Array.from({ length: 25 }, (_, at) => at + 1).join(',')}\nM-60,2026-05-04,${Array.from({ length: 24 }, (_, at) => at).join(',')},\n`;
  const bases: readonly (readonly [query: string, bytes: Buffer])[] = [
    ['', Buffer.from(intervalsCsv('2026-05-01T00:00:00Z', 6, (_, hour) => hour))],
    ['profile=ANY', Buffer.from(wide)],
    ['profile=ANY', Buffer.from('start,Hall\n2026-05-02 01:00,1.5\n2026-05-02 02:00,2\n')],
    ['profile=STATED', source('Example_NEM12_actual_interval.csv')],
    ['profile=STATED', source('Example_NEM12_multiple_quality.csv')],
    ['profile=STATED', source('greenbutton_1day_15min_quality7_8.xml')],
  ];
  return Array.from({ length: fileCount }, () => {
    const [query, base] = bases[draw(bases.length)]!;
    let bytes = base;
    for (let n = draw(3) + 1; n > 0; n -= 1) {
      if (bytes.length > 0) bytes = MUTATIONS[draw(MUTATIONS.length)]!(bytes, draw);
    }
    return { bytes, query: draw(4) === 0 ? `${query}&rejects=set-aside` : query };
  });
}

async function sendAll(
  url: string,
  key: string,
  files: readonly DamagedFile[],
): Promise<{
  readonly statuses: ReadonlyMap<number, number>;
  readonly wrong: readonly { at: number; status: number; text: string }[];
}> {
  const statuses = new Map<number, number>();
  const wrong: { at: number; status: number; text: string }[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < files.length; at = next++) {
      const { bytes, query } = files[at]!;
      const reply = await fetch(`${url}/v1/imports/intervals?fileName=${at}.csv&${query}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/octet-stream',
        },
        body: bytes,
      });
      const text = await reply.text();
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      const isAnswer = reply.status < 500 && (reply.status < 300 || text.includes('"code":"'));
      if (!isAnswer) wrong.push({ at, status: reply.status, text: text.slice(0, 200) });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { statuses, wrong };
}

async function expectNothingHalfDone(app: TestApp): Promise<void> {
  const [left] = await rows<Record<string, number>>(
    app.database.adminUrl,
    `SELECT
         (SELECT count(*)::int FROM interval_block b WHERE NOT EXISTS (
            SELECT FROM import_file f WHERE f.ledger_id = b.ledger_id AND f.event_id = b.event_id)) AS orphans,
         (SELECT count(*)::int FROM import_job WHERE state NOT IN ('committed', 'refused')) AS hanging,
         (SELECT count(*)::int FROM import_job WHERE state = 'committed') - (SELECT count(DISTINCT import_id)::int
            FROM import_job WHERE state = 'committed' AND problem IS NULL) -
         (SELECT count(*)::int FROM import_job WHERE state = 'committed' AND problem IS NOT NULL) AS doubled`,
  );
  expect(left).toEqual({ orphans: 0, hanging: 0, doubled: 0 });
  const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
  expect(body.fault).toBeNull();
}

/** Most memory that a process has held; where the system keeps no peak, what it holds now. */
function peakRssMb(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (existsSync(status))
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))![1]) / 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024;
}
