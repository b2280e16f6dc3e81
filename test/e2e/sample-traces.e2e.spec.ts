import { checkSampleProofs } from '../../src/core/engagements/check-sample-proofs.js';
import { readVerifierKey } from '../../src/core/proofs/signed-note.js';
import { type Audit, seedAudit, startAudit, unzipped } from '../support/audit.js';

interface Step {
  readonly step: string;
  readonly what: string;
  readonly wh: number | null;
  readonly file: { readonly fileSha256: string; readonly line: number } | null;
  readonly proof: string;
}

describe('sampled items', () => {
  let audit: Audit;
  let key: string;
  const samples = new Map<string, string>();
  beforeAll(async () => {
    audit = await startAudit();
    // August is settled: its statement makes it a month that can be audited.
    await audit.app.call('POST', '/v1/statements', {
      role: 'energy-manager',
      body: { kind: 'carbon', month: '2026-08' },
    });
    await seedAudit(audit);
    const units = { method: 'monetary-unit', population: 'emissions', tolerable: 3_000 };
    for (const population of ['load', 'certificates', 'emissions', 'interventions']) {
      const strata = { method: 'stratified', population, count: 4 };
      const { body } = await audit.act('samples', population === 'emissions' ? units : strata);
      if (body.sampleId !== undefined) samples.set(population, body.sampleId);
    }
    const { body } = await audit.app.call('GET', '/v1/ledger/signing-keys', { role: 'auditor' });
    key = body.items[0].verifierKey;
  });
  afterAll(() => audit.app.close());

  const traced = async (population: string, item: number) =>
    (await audit.read(`/samples/${samples.get(population)}/items/${item}/trace`)).body;
  const stepsOf = ({ steps }: { readonly steps: readonly Step[] }): string[] =>
    steps.map(({ step }) => step);
  const archive = async (population: string): Promise<ReadonlyMap<string, Buffer>> => {
    const { url } = audit.app;
    const path = `/v1/engagements/${audit.engagementId}/samples/${samples.get(population)}/proofs`;
    const reply = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${audit.auditor.key}` },
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/zip']);
    return unzipped(Buffer.from(await reply.arrayBuffer()));
  };
  const tableOf = async (sampleId: string): Promise<string> => {
    const path = `/v1/engagements/${audit.engagementId}/samples/${sampleId}/table`;
    const headers = { authorization: `Bearer ${audit.auditor.key}` };
    return (await fetch(`${audit.app.url}${path}`, { headers })).text();
  };
  const faults = (files: ReadonlyMap<string, Buffer>) =>
    checkSampleProofs(files, readVerifierKey(key)!)
      .filter(({ outcome }) => outcome === 'FAIL')
      .map(({ check }) => check);

  it('of load are walked from the line of a file to the statement, with proofs', async () => {
    const trace = await traced('load', 1);
    expect(new Set(stepsOf(trace))).toEqual(
      new Set(['file', 'block', 'certificate', 'match', 'carbon']),
    );
    const [file] = trace.steps as readonly Step[];
    expect(file!.file).toMatchObject({
      fileSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      line: expect.any(Number),
    });
    const [meterCode, hour] = trace.key.split(' ');
    expect(file!.what).toBe(`${meterCode}, ${hour}, ACTUAL`);
    const block = (trace.steps as readonly Step[]).find(({ step }) => step === 'block')!;
    expect(block.wh).toBe(trace.size);
    // What the book matched of the meter, less what it took back, is what the run matched.
    const ofMeter = (trace.steps as readonly Step[]).filter(
      ({ step, what }) => step === 'match' && what.includes(`_demand of ${meterCode}`),
    );
    const net = ofMeter.reduce(
      (sum, { what, wh }) => sum + (what.startsWith('unmatch') ? -wh! : wh!),
      0,
    );
    expect(net).toBeGreaterThan(0);
    expect(net).toBeLessThanOrEqual(trace.size);
    for (const { proof } of trace.steps as readonly Step[]) {
      expect(trace.proofs[proof]).toEqual(expect.any(String));
    }
  });

  it('of certificates, emissions and acts of persons are walked too', async () => {
    const certificate = await traced('certificates', 1);
    expect(certificate.steps.find(({ step }: Step) => step === 'certificate')).toBeDefined();
    expect(stepsOf(certificate)).toEqual(expect.arrayContaining(['file', 'match', 'carbon']));
    const emission = await traced('emissions', 1);
    expect(stepsOf(emission)).toEqual(expect.arrayContaining(['block', 'factor', 'carbon']));
    const lost = await audit.read(`/samples/${samples.get('load')}/items/99/trace`);
    expect(lost).toMatchObject({ status: 404, body: { code: 'engagement.item_not_found' } });
  });

  it('stand in a table with what was found', async () => {
    const sampleId = samples.get('load')!;
    const { items } = (await audit.read(`/samples/${sampleId}`)).body;
    await audit.act(`samples/${sampleId}/results`, {
      results: [{ key: items[0].key, audited: items[0].size - 5, note: '=one, less' }],
    });
    const text = await tableOf(sampleId);
    const lines = text.trim().split('\n');
    expect(lines[0]).toBe('item,key,stratum,size,because,unit,audited,note');
    expect(lines).toHaveLength(items.length + 1);
    expect(lines[1]).toBe(
      `1,${items[0].key},${items[0].stratum},${items[0].size},drawn,,${items[0].size - 5},"'=one, less"`,
    );
  });

  it('are proven away from the ledger, and no flipped byte is passed over', async () => {
    for (const population of samples.keys()) {
      expect([population, faults(await archive(population))]).toEqual([population, []]);
    }
    const files = await archive('load');
    const proofs = [...files.keys()].filter((path) => path.startsWith('proofs/'));
    expect(proofs.some((path) => path.endsWith('.tlog-proof'))).toBe(true);
    expect(proofs.some((path) => path.endsWith('.json'))).toBe(true);
    for (const [path, bytes] of files) {
      for (const share of [0.1, 0.5, 0.9]) {
        const flipped = Buffer.from(bytes);
        const at = Math.floor(bytes.length * share);
        flipped[at] = flipped[at]! ^ 1;
        const found = faults(new Map([...files, [path, flipped]]));
        // What the auditor found is theirs: no hash is over it.
        if (path !== 'sample.csv') expect([path, at, found.length > 0]).toEqual([path, at, true]);
      }
      const without = new Map([...files].filter(([other]) => other !== path));
      expect([path, faults(without).length > 0]).toEqual([path, true]);
    }
    const table = files.get('sample.csv')!.toString('utf8');
    const withTable = (text: string) =>
      faults(new Map([...files, ['sample.csv', Buffer.from(text)]]));
    const [first, ...rest] = table.split('\n');
    const line = rest[1]!;
    expect(withTable(`${table}${line}\n`)).toEqual(['table']);
    expect(withTable([first, ...rest.slice(1)].join('\n'))).toEqual(['table']);
    expect(
      withTable(table.replace(line, line.replace(/,,$/, ',5,"a note\nof two lines"'))),
    ).toEqual([]);
    const strange = new Map([...files, ['proofs/9999.json', Buffer.from('{}')]]);
    expect(faults(strange)).toEqual(['container']);
  });
});
