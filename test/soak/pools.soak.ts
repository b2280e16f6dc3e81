import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { Lanes } from '../../src/platform/database/lanes.js';
import { startApp, type TestApp } from '../support/app.js';
import { certificatesCsv, createGrid } from '../support/make.js';
import { isAnsweredOrBusy, underPressure } from '../support/pressure.js';

const { MIZAN_SOAK_ROUNDS: asked } = process.env;
const ROUNDS = Number(asked ?? 10);
const LOOK_MS = 1_000;

describe('connections under pressure', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ settings: { MIZAN_STREAMS: '0', MIZAN_JOB_BYTES: '64000000' } });
    await createGrid(app);
    await app.call('POST', '/v1/imports/certificates', {
      role: 'operator',
      type: 'text/csv',
      body: certificatesCsv('2026-10-01T00:00:00Z', 700, () => 1_500),
    });
  });
  afterAll(() => app.close());

  it('leave health and keys alone, end all work, and say when they are busy', async () => {
    const longest: number[] = [];
    const counts = { looks: 0, audits: 0, busy: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      const of = { hours: 12_500, runs: 12, auditors: 20, watchers: 20, round };
      const { imported, matched, audited, heard, ...seen } = await underPressure(app, of);
      expect([imported.status, imported.body.rowCount]).toEqual([201, 62_500]);
      const wrong = [...matched, ...audited].filter((one) => !isAnsweredOrBusy(one));
      expect(wrong.map(({ status, text }) => `${status} ${text}`)).toEqual([]);
      expect(heard.filter((events) => !events.includes('"state":"committed"'))).toEqual([]);
      expect(new Set(seen.looks)).toEqual(new Set([200]));
      for (const lane of app.nest.get(Lanes).all()) {
        expect(lane.counts.idle).toBe(lane.counts.total);
      }
      longest.push(seen.longestLookMs);
      counts.looks += seen.looks.length;
      counts.audits += audited.length;
      counts.busy += [...matched, ...audited].filter(({ status }) => status === 503).length;
    }
    process.stdout.write(
      `${counts.looks} looks, the longest ${Math.round(Math.max(...longest))} ms; ` +
        `${counts.audits} heavy reads, ${counts.busy} times busy\n`,
    );
    expect(Math.max(...longest)).toBeLessThan(LOOK_MS);
    expect((await app.nest.get(VerificationService).verify(app.ledgerId)).fault).toBeNull();
  });
});
