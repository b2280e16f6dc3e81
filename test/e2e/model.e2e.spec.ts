/**
 * Random sequences of what users do with a small ledger, each compared with a naive model that keeps
 * every watt-hour of every certificate in an array: conservation per certificate and meter-hour after
 * every command, and a refused command changes nothing.
 */
import fc from 'fast-check';
import { type ActionType, ACTIONS, TRANSITIONS } from '../../src/core/certificates/lifecycle.js';
import { startApp, type TestApp } from '../support/app.js';
import { rows } from '../support/database.js';
import { createGrid } from '../support/make.js';

const HOURS = 2;
const WH = 12;
const BASE = Date.parse('2026-10-01T00:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

interface Unit {
  status: string;
  before: string | null;
  owner: string;
  beneficiary: string | null;
  /** Which bundle it is in: units of one bundle share an object. */
  bundle: { readonly id: string };
}

interface Certificate {
  readonly id: string;
  readonly plant: 'PV' | 'WIND';
  readonly hour: number;
  readonly units: Unit[];
  matchedWh: number;
}

/** What the ledger should hold. */
interface Model {
  readonly certificates: Certificate[];
  readonly loadWh: Map<string, number>;
  readonly matchedLoadWh: Map<string, number>;
}

const isSpendable = ({ status, owner, beneficiary }: Unit): boolean =>
  status === 'Active'
    ? ['SELLER', 'BUYER'].includes(owner)
    : ['Reserved', 'Cancelled', 'Claimed'].includes(status) && beneficiary === 'BUYER';

/** Largest remainder, written down once more. */
function share(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const floors = weights.map((weight) => (sum === 0 ? 0 : Math.floor((total * weight) / sum)));
  const order = weights
    .map((weight, at) => ({ at, cut: sum === 0 ? 0 : (total * weight) % sum }))
    .toSorted((a, b) => b.cut - a.cut || a.at - b.at);
  const left = total - floors.reduce((a, b) => a + b, 0);
  for (const { at } of order.slice(0, left)) floors[at]! += 1;
  return floors;
}

function matchModel(model: Model): void {
  for (let hour = 0; hour < HOURS; hour += 1) {
    const supply = model.certificates
      .filter((one) => one.hour === hour)
      .toSorted((a, b) => (a.plant < b.plant ? -1 : 1));
    const meters = ['M-15', 'M-60'].map((meter) => `${meter} ${hour}`);
    const loads = meters.map((key) => model.loadWh.get(key) ?? 0);
    const eligible = supply.map(({ units }) => units.filter(isSpendable).length);
    const total = Math.min(
      loads.reduce((a, b) => a + b, 0),
      eligible.reduce((a, b) => a + b, 0),
    );
    share(total, eligible).forEach((wh, at) => (supply[at]!.matchedWh = wh));
    share(total, loads).forEach((wh, at) => model.matchedLoadWh.set(meters[at]!, wh));
  }
}

describe('a ledger under any sequence of commands', () => {
  let app: TestApp;
  let sequence = 0;
  beforeAll(async () => {
    app = await startApp();
    await createGrid(app);
    const body = { code: 'C', receiverCode: 'BUYER', acceptsFrom: ['SELLER'] };
    await app.call('POST', '/v1/transfer-consents', { role: 'energy-manager', body });
  });
  afterAll(() => app.close());

  const command = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('act' as const),
        type: fc.constantFrom(...ACTIONS),
        certificate: fc.nat({ max: 3 }),
        unit: fc.nat({ max: WH - 1 }),
        actingFor: fc.constantFrom('SELLER', 'BUYER', 'ISSUER'),
        beneficiary: fc.constantFrom('BUYER', 'OTHER'),
        quantityWh: fc.option(fc.integer({ min: 1, max: WH }), { nil: null }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('load' as const),
        meter: fc.constantFrom('M-15', 'M-60'),
        hour: fc.nat({ max: HOURS - 1 }),
        wh: fc.nat({ max: 20 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('match' as const) }) },
  );
  type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

  const send = (kind: string, text: string) =>
    app.call('POST', `/v1/imports/${kind}`, { role: 'operator', body: text, type: 'text/csv' });

  /** Each run has its own two hours of October. */
  async function open(run: number): Promise<{ readonly model: Model; readonly startMs: number }> {
    const startMs = BASE + run * HOURS * 3_600_000;
    const lines = ['plant,start,end,wh,external_id,issuer,status'];
    for (const plant of ['PV', 'WIND']) {
      for (let hour = 0; hour < HOURS; hour += 1) {
        const ms = startMs + hour * 3_600_000;
        lines.push(`${plant},${iso(ms)},${iso(ms + 3_600_000)},${WH},${plant}-${ms},ISSUER,Active`);
      }
    }
    await send('certificates', lines.join('\n'));
    const certificates: Certificate[] = [];
    for (const plant of ['PV', 'WIND'] as const) {
      const query = `plantCode=${plant}&from=${iso(startMs)}&to=${iso(startMs + HOURS * 3_600_000)}`;
      const { body } = await app.call('GET', `/v1/certificates?${query}`, { role: 'auditor' });
      body.items.forEach(({ certificateId: id }: { certificateId: string }, hour: number) => {
        const bundle = { id };
        const unit = (): Unit => ({
          status: 'Active',
          before: null,
          owner: 'SELLER',
          beneficiary: null,
          bundle,
        });
        certificates.push({
          id,
          plant,
          hour,
          units: Array.from({ length: WH }, unit),
          matchedWh: 0,
        });
      });
    }
    return { model: { certificates, loadWh: new Map(), matchedLoadWh: new Map() }, startMs };
  }

  /** What the command does to the model; null = it is refused. Returns how to undo nothing: a copy. */
  function actOnModel(
    model: Model,
    at: Extract<Command, { kind: 'act' }>,
  ): {
    readonly target: Certificate;
    readonly bundle: Unit['bundle'];
    readonly apply: (() => void) | null;
  } {
    const target = model.certificates[at.certificate]!;
    const { bundle } = target.units[at.unit]!;
    const own = target.units.filter((unit) => unit.bundle === bundle);
    const [first] = own as [Unit];
    const { by, from, to } = TRANSITIONS[at.type];
    const party = {
      owner: first.owner,
      holder: first.owner,
      beneficiary: first.beneficiary ?? at.actingFor,
      issuer: 'ISSUER',
      clock: at.actingFor,
    }[by];
    const wh = at.quantityWh ?? own.length;
    const isWhole = wh === own.length;
    const isAllowed =
      party === at.actingFor &&
      from.includes(first.status as never) &&
      at.type !== 'expire' &&
      at.type !== 'cancel_for_storage' &&
      (at.type !== 'transfer' || at.actingFor === 'SELLER') &&
      (at.type === 'split'
        ? at.quantityWh !== null && wh < own.length
        : wh <= own.length && (isWhole || first.status === 'Active'));
    if (!isAllowed) return { target, bundle, apply: null };
    const after = own.slice(0, wh).map((unit): Unit => ({
      ...unit,
      status: at.type === 'split' ? unit.status : to === 'before' ? unit.before! : to,
      before: at.type === 'lock' ? unit.status : null,
      owner: at.type === 'transfer' ? 'BUYER' : unit.owner,
      beneficiary: ['cancel', 'reserve'].includes(at.type)
        ? at.beneficiary
        : ['transfer', 'release'].includes(at.type)
          ? null
          : unit.beneficiary,
    }));
    const leftWh =
      target.units.filter((unit) => !own.slice(0, wh).includes(unit)).filter(isSpendable).length +
      after.filter(isSpendable).length;
    if (by !== 'issuer' && leftWh < target.matchedWh) return { target, bundle, apply: null };
    return {
      target,
      bundle,
      apply: () => {
        after.forEach((unit, index) => Object.assign(own[index]!, unit));
      },
    };
  }

  async function act(model: Model, at: Extract<Command, { kind: 'act' }>): Promise<void> {
    const { target, bundle, apply } = actOnModel(model, at);
    const before = await tables();
    sequence += 1;
    const reply = await app.call('POST', '/v1/certificate-actions', {
      role: 'energy-manager',
      idempotencyKey: `model-${sequence}`,
      body: {
        action: at.type,
        actingFor: at.actingFor,
        bundles: [{ bundleId: bundle.id }],
        quantityWh: at.quantityWh,
        target: at.type === ('transfer' satisfies ActionType) ? 'BUYER' : null,
        beneficiary: at.type === 'cancel' || at.type === 'reserve' ? at.beneficiary : null,
      },
    });
    expect([at, reply.status < 300]).toEqual([at, apply !== null]);
    if (apply === null) {
      expect(await tables()).toEqual(before);
      return;
    }
    apply();
    const { body } = await app.call('GET', `/v1/certificates/${target.id}/bundles`, {
      role: 'auditor',
    });
    let from = 0;
    for (const { bundleId: id, wh, status } of body.items) {
      if (status === 'Bundle Split') continue;
      const shared = { id };
      for (const unit of target.units.slice(from, from + wh)) unit.bundle = shared;
      from += wh;
    }
    const live = body.items.filter(({ status }: { status: string }) => status !== 'Bundle Split');
    expect(
      live.flatMap(
        (one: { wh: number; status: string; ownerCode: string; beneficiary: string | null }) =>
          Array.from({ length: one.wh }, () => [one.status, one.ownerCode, one.beneficiary]),
      ),
    ).toEqual(target.units.map((unit) => [unit.status, unit.owner, unit.beneficiary]));
  }

  const tables = () =>
    rows(
      app.database.adminUrl,
      `SELECT (SELECT count(*) FROM ledger_event), (SELECT count(*) FROM bundle_change),
         (SELECT count(*) FROM cancelled_serial), (SELECT count(*) FROM certificate_action),
         (SELECT md5(string_agg(b::text, ',' ORDER BY certificate_id)) FROM supply_balance b)`,
    );

  async function match(model: Model, startMs: number): Promise<void> {
    const body = { month: '2026-10' };
    const reply = await app.call('POST', '/v1/matching-runs', { role: 'energy-manager', body });
    expect(reply.status).toBe(201);
    matchModel(model);
    const supply = await rows<{
      certificate_id: string;
      issued: string;
      matched: string;
      lost: string;
    }>(
      app.database.adminUrl,
      `SELECT certificate_id, issued, matched,
         withdrawn + expired + cancelled + cancelled_for_storage AS lost FROM supply_balance`,
    );
    for (const { id, units, matchedWh } of model.certificates) {
      const balance = supply.find((one) => one.certificate_id === id);
      const lost = units.filter(
        ({ status, beneficiary }) =>
          ['Withdrawn', 'Cancelled for Storage'].includes(status) ||
          (['Cancelled', 'Claimed'].includes(status) && beneficiary !== 'BUYER'),
      ).length;
      expect(balance).toEqual({
        certificate_id: id,
        issued: String(WH),
        matched: String(matchedWh),
        lost: String(lost),
      });
    }
    const demand = await rows<{
      key: string;
      consumption: string;
      matched: string;
      residual: string;
    }>(
      app.database.adminUrl,
      `SELECT meter_code || ' ' || (utc_day + (h.n - 1) * interval '1 hour')::text AS key, h.consumption, h.matched, h.residual
       FROM demand_balance, unnest(consumption, matched, residual) WITH ORDINALITY AS h (consumption, matched, residual, n)`,
    );
    for (const [key, wh] of model.loadWh) {
      const [meter, hour] = key.split(' ') as [string, string];
      const stamp = iso(startMs + Number(hour) * 3_600_000)
        .replace('T', ' ')
        .replace('Z', '');
      const found = demand.find((one) => one.key === `${meter} ${stamp}`);
      const matched = model.matchedLoadWh.get(key) ?? 0;
      expect([key, Number(found?.consumption ?? 0), Number(found?.matched ?? 0)]).toEqual([
        key,
        wh,
        matched,
      ]);
      expect(Number(found?.residual ?? 0)).toBe(wh - matched);
    }
  }

  async function load(
    model: Model,
    startMs: number,
    { meter, hour, wh }: Extract<Command, { kind: 'load' }>,
  ): Promise<void> {
    const ms = startMs + hour * 3_600_000;
    const parts = meter === 'M-60' ? [wh] : [wh, 0, 0, 0];
    const lines = parts.map((part, at) => `${meter},${iso(ms + at * 900_000)},${part},ACTUAL`);
    const reply = await send('intervals', `meter,start,wh,quality\n${lines.join('\n')}\n`);
    expect(reply.status).toBe(201);
    // The same bytes as once before change nothing: the ledger then still holds what came last.
    if (!reply.body.alreadyImported) model.loadWh.set(`${meter} ${hour}`, wh);
  }

  it('holds what the model holds', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 22 }), async (commands) => {
        const { model, startMs } = await open(run);
        run += 1;
        for (const one of commands) {
          if (one.kind === 'act') await act(model, one);
          else if (one.kind === 'load') await load(model, startMs, one);
          else await match(model, startMs);
        }
        await match(model, startMs);
      }),
      { numRuns: 12, seed: 20261001, endOnFailure: true },
    );
    const { body } = await app.call('GET', '/v1/ledger/verification', { role: 'auditor' });
    expect(body.fault).toBeNull();
  });
});
