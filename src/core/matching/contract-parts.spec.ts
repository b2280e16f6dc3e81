import { formatInstant } from '../time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { contractParts, partsMatched } from './contract-parts.js';

const version = (number: number, effectiveFrom: string, plantCodes = ['P', 'Q']) => ({
  code: 'PPA',
  version: number,
  siteCode: 'SITE',
  effectiveFrom,
  plantCodes,
  buyerCode: 'BUYER',
  sellerCode: 'SELLER',
});
const JULY = {
  month: civilMonth(MOROCCO_LEGAL_TIME, '2026-07'),
  rules: MOROCCO_LEGAL_TIME,
};
const certificate = (plantCode: string, start: string) => ({
  certificateId: `${plantCode} ${start}`,
  plantCode,
  startMs: Date.parse(start),
  wh: 100,
  endMs: Date.parse(start) + 3_600_000,
  externalId: start,
  issuer: 'I',
  status: 'Active' as const,
  sourceLine: 2,
  ownerCode: 'SELLER',
  isStorage: false,
});

describe('a civil month in parts', () => {
  it('begins and ends its parts with civil days', () => {
    const parts = contractParts([version(1, '2026-07-10'), version(2, '2026-07-21')], 'SITE', JULY);
    expect(
      parts.map(({ contract, startMs, endMs }) => [
        contract.version,
        formatInstant(startMs),
        formatInstant(endMs),
      ]),
    ).toEqual([
      [1, '2026-07-09T23:00:00Z', '2026-07-20T23:00:00Z'],
      [2, '2026-07-20T23:00:00Z', '2026-07-31T23:00:00Z'],
    ]);
    expect(contractParts([version(1, '2026-08-01')], 'SITE', JULY)).toEqual([]);
  });

  it('offers certificates of the plants of their part; before the first, none', () => {
    const parts = contractParts(
      [version(1, '2026-07-10'), version(2, '2026-07-21', ['Q'])],
      'SITE',
      JULY,
    );
    const starts = ['2026-07-01T10:00:00Z', '2026-07-20T22:00:00Z', '2026-07-20T23:00:00Z'];
    const { offers, earlier } = partsMatched(parts, {
      certificates: ['P', 'Q'].flatMap((code) => starts.map((start) => certificate(code, start))),
      bundles: [],
      plants: ['P', 'Q'].map((code) => ({
        code,
        boundary: 'MA',
        technology: 'wind_turbine',
        commissionedOn: '2020-01-01',
        lossFactor: '0',
        organisationCode: 'SELLER',
      })),
      boundary: 'MA',
      terms: null,
    });
    expect(offers.map(({ certificate: one }) => one.certificateId)).toEqual([
      'P 2026-07-20T22:00:00Z',
      'Q 2026-07-20T22:00:00Z',
      'Q 2026-07-20T23:00:00Z',
    ]);
    expect(earlier!.map(({ untilMs }) => formatInstant(untilMs))).toEqual(['2026-07-20T23:00:00Z']);
  });
});
