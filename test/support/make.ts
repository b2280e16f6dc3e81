import type { TestApp } from './app.js';

/** What answers quality criterion 7. */
export const SOLE_CLAIM = {
  clause: 'Article 9.2',
  attestation: 'Letter of the seller',
  attestedOn: '2026-09-01',
};

/** A small grid: one site with two meters, two plants, one contract; October 2026. */
export const RECORDS: readonly (readonly [path: string, body: object])[] = [
  ['organisations', { code: 'SELLER', name: 'Seller', country: 'MA' }],
  ['organisations', { code: 'BUYER', name: 'Buyer', country: 'MA', ice: '001234567000089' }],
  [
    'sites',
    {
      code: 'SITE',
      name: 'Site',
      organisationCode: 'BUYER',
      boundary: 'MA',
      legalTime: 'MA',
      deliveryPoint: 'busbar',
      contractedPowerW: 40_000_000,
    },
  ],
  [
    'meters',
    {
      code: 'M-60',
      name: 'Hourly',
      siteCode: 'SITE',
      intervalMinutes: 60,
      ratedPowerW: 20_000_000,
    },
  ],
  [
    'meters',
    {
      code: 'M-15',
      name: 'Quarters',
      siteCode: 'SITE',
      intervalMinutes: 15,
      ratedPowerW: 20_000_000,
    },
  ],
  ['issuers', { code: 'ISSUER', name: 'Issuer', isUnsignedAllowed: true }],
  ['plants', plant('PV', 'solar_pv', '0.02')],
  ['plants', plant('WIND', 'wind_turbine', '0')],
  [
    'vat-rates',
    {
      code: 'VAT',
      ratePct: '10',
      validFrom: '2025-01-01',
      validTo: '2027-01-01',
      source: 'test',
      confidence: 'S/M+',
    },
  ],
  [
    'contracts',
    {
      code: 'PPA',
      name: 'PPA',
      sellerCode: 'SELLER',
      buyerCode: 'BUYER',
      siteCode: 'SITE',
      plantCodes: ['PV', 'WIND'],
      deliveryForm: 'PHYSICAL',
      volumeProduct: 'PAY_AS_PRODUCED',
      effectiveFrom: '2026-09-01',
      strikePriceMadPerMwh: '550',
      vatCode: 'VAT',
      currency: 'MAD',
      soleClaim: SOLE_CLAIM,
    },
  ],
  ['factors', factor('GRID', 'grid_average', '600', '0.2')],
  ['factors', factor('FOSSIL', 'fossil', '760', null)],
];

function plant(code: string, technology: string, lossFactor: string): object {
  return {
    code,
    name: code,
    organisationCode: 'SELLER',
    technology,
    boundary: 'MA',
    lossFactor,
    capacityW: 30_000_000,
    commissionedOn: '2026-01-01',
    directFactorGPerKwh: '0',
  };
}

function factor(code: string, kind: string, gPerKwh: string, cfeShare: string | null): object {
  return {
    code,
    kind,
    zone: 'MA',
    basis: 'direct',
    resolution: 'annual',
    publisher: 'test',
    title: code,
    vintage: '2026',
    validFrom: '2025-12-31T23:00:00Z',
    validTo: '2027-01-01T00:00:00Z',
    values: [{ gPerKwh, cfeShare }],
  };
}

/** Creates the small grid over HTTP. */
export async function createGrid(app: TestApp): Promise<void> {
  for (const [path, body] of RECORDS) {
    const role = path === 'vat-rates' ? 'finance' : 'energy-manager';
    const { status, body: answer } = await app.call('POST', `/v1/${path}`, { role, body });
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  }
}

const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** CSV of intervals for both meters over hours from a start; Wh by meter and hour. */
export function intervalsCsv(
  start: string,
  hours: number,
  wh: (meter: 'M-60' | 'M-15', hour: number) => number,
): string {
  const lines = ['meter,start,wh,quality'];
  for (let hour = 0; hour < hours; hour += 1) {
    const ms = Date.parse(start) + hour * HOUR_MS;
    lines.push(`M-60,${iso(ms)},${wh('M-60', hour)},ACTUAL`);
    for (let part = 0; part < 4; part += 1) {
      const quarter = Math.floor(wh('M-15', hour) / 4) + (part < wh('M-15', hour) % 4 ? 1 : 0);
      lines.push(`M-15,${iso(ms + (part * HOUR_MS) / 4)},${quarter},ACTUAL`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** CSV of certificates for both plants over hours from a start; hours of zero Wh have none. */
export function certificatesCsv(
  start: string,
  hours: number,
  wh: (plant: 'PV' | 'WIND', hour: number) => number,
): string {
  const lines = ['plant,start,end,wh,external_id,issuer,status'];
  for (const code of ['PV', 'WIND'] as const) {
    for (let hour = 0; hour < hours; hour += 1) {
      const ms = Date.parse(start) + hour * HOUR_MS;
      const energy = wh(code, hour);
      if (energy > 0) {
        lines.push(
          `${code},${iso(ms)},${iso(ms + HOUR_MS)},${energy},${code}-${iso(ms)},ISSUER,Active`,
        );
      }
    }
  }
  return `${lines.join('\n')}\n`;
}
