import type { TestApp } from './app.js';

/** A battery beside the small grid, and the terms under which it is traced. */
export async function createBattery(app: TestApp): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const { status, body: answer } = await app.call('POST', `/v1/${path}`, {
      role: 'energy-manager',
      body,
    });
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  };
  await post('plants', {
    code: 'BESS',
    name: 'Battery',
    organisationCode: 'SELLER',
    boundary: 'MA',
    technology: 'battery_storage',
    capacityW: 10_000_000,
    lossFactor: '0',
    commissionedOn: '2026-01-01',
    directFactorGPerKwh: '0',
  });
  await post('storage-terms', {
    code: 'BESS-2026',
    deviceCode: 'BESS',
    issuerCode: 'ISSUER',
    method: 'fifo',
    efficiency: '0.9',
    efficiencyMethodology: 'measured over a quarter',
    efficiencyFrom: '2026-07-01T00:00:00Z',
    efficiencyTo: '2027-01-01T00:00:00Z',
  });
}

/** CSV of a battery's hours from a start: Wh, charged above zero and given back below. */
export function storageCsv(start: string, flows: readonly number[]): string {
  const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  const rows = flows.map((wh, at) => {
    const startMs = Date.parse(start) + at * 3_600_000;
    const direction = wh < 0 ? 'discharge' : 'charge';
    const span = `${iso(startMs)},${iso(startMs + 3_600_000)}`;
    return `BESS,${span},${direction},${Math.abs(wh)},R${iso(startMs)},VALIDATOR`;
  });
  return ['device,start,end,direction,wh,external_id,validator', ...rows, ''].join('\n');
}
