import type { AnyReply, TestApp } from './app.js';
import { intervalsCsv } from './make.js';

/** Who presses on the connections beside one import. */
interface Pressure {
  /** Hours of both meters that are imported: five rows each. */
  readonly hours: number;
  readonly runs: number;
  /** Connections that read a lot, one request after the other. */
  readonly auditors: number;
  /** Watchers of the import. */
  readonly watchers: number;
  /** Makes the values other than those of other rounds. */
  readonly round: number;
}

/** What was answered under pressure. */
export interface Pressed {
  readonly imported: AnyReply;
  readonly matched: readonly AnyReply[];
  readonly audited: readonly AnyReply[];
  /** What watchers heard, each to its end. */
  readonly heard: readonly string[];
  /** Status of each look at health and of each key that was looked up meanwhile. */
  readonly looks: readonly number[];
  readonly longestLookMs: number;
}

const HEAVY = [
  '/v1/ledger/events?limit=200',
  '/v1/settlement-runs',
  '/v1/matching-runs',
  '/v1/statements',
  '/v1/coverage?from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&by=day',
  '/v1/meters/M-15/readings?from=2026-10-01T00:00:00Z&to=2026-10-31T00:00:00Z',
];

/** Imports, matches, reads and watches at once, and looks all the while at health and at a key. */
export async function underPressure(app: TestApp, of: Pressure): Promise<Pressed> {
  const body = intervalsCsv(
    '2026-01-01T00:00:00Z',
    of.hours,
    (_, hour) => 1_000 + ((hour + of.round) % 7),
  );
  let isDone = false;
  const importing = app.call('POST', '/v1/imports/intervals?fileName=large.csv', {
    role: 'operator',
    type: 'text/csv',
    body,
  });
  const matching = Array.from({ length: of.runs }, () =>
    app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body: { month: '2026-10' } }),
  );
  const watching = watch(app, of.watchers);
  const writing = Promise.all([importing, Promise.all(matching), watching]).finally(() => {
    isDone = true;
  });
  const auditing = Array.from({ length: of.auditors }, async (_, auditor) => {
    const answers: AnyReply[] = [];
    for (let at = auditor; !isDone; at += 1) {
      answers.push(await app.call('GET', HEAVY[at % HEAVY.length]!, { role: 'auditor' }));
    }
    return answers;
  });
  const looks: number[] = [];
  let longestLookMs = 0;
  while (!isDone) {
    const startMs = performance.now();
    const [health, head] = await Promise.all([
      app.call('GET', '/health/ready'),
      app.call('GET', '/v1/ledger/head', { role: 'auditor' }),
    ]);
    longestLookMs = Math.max(longestLookMs, performance.now() - startMs);
    looks.push(health.status, head.status);
  }
  const [imported, matched, heard] = await writing;
  const audited = (await Promise.all(auditing)).flat();
  return { imported, matched, audited, heard, looks, longestLookMs };
}

/** Hears of the import that is on its way, to its end. */
async function watch(app: TestApp, watchers: number): Promise<readonly string[]> {
  if (watchers === 0) return [];
  for (;;) {
    const { body } = await app.call('GET', '/v1/import-jobs', { role: 'auditor' });
    const job = body.items?.find(({ state }: { state: string }) => state === 'reading');
    if (job === undefined) continue;
    const url = `${app.url}/v1/import-jobs/${job.jobId}/events`;
    const headers = { authorization: `Bearer ${app.keys.auditor}` };
    return Promise.all(
      Array.from({ length: watchers }, async () => (await fetch(url, { headers })).text()),
    );
  }
}

/** Whether an answer is a right one, or one that says to come again. */
export const isAnsweredOrBusy = ({ status, headers }: AnyReply): boolean =>
  status < 500 || (status === 503 && Number(headers.get('retry-after')) > 0);
