import { civilMonth, MOROCCO_LEGAL_TIME } from '../time/legal-time.js';
import { revisionsTouching, type SealedVersion } from './record-scope.js';

const { startMs, endMs } = civilMonth(MOROCCO_LEGAL_TIME, '2026-10');
const version = (kind: string, code: string, number: number, row: object): SealedVersion => ({
  eventId: `${code}@${number}`,
  kind,
  code,
  version: number,
  row: { ...row },
});

const CONTRACT = {
  siteCode: 'SITE',
  plantCodes: ['SUN'],
  sellerCode: 'SELL',
  buyerCode: 'BUY',
  vatCode: 'TVA',
  effectiveFrom: '2026-01-01',
};
const FIRST = [
  version('site', 'SITE', 1, { organisationCode: 'BUY' }),
  version('site', 'ELSEWHERE', 1, { organisationCode: 'OTHER' }),
  version('plant', 'SUN', 1, { organisationCode: 'SELL', generationMeterCode: 'GEN' }),
  version('plant', 'FAR', 1, { organisationCode: 'OTHER', generationMeterCode: null }),
  version('contract', 'PPA', 1, CONTRACT),
  version('meter', 'GEN', 1, { siteCode: 'ELSEWHERE' }),
  version('meter', 'M-1', 1, { siteCode: 'SITE' }),
  version('meter', 'M-9', 1, { siteCode: 'ELSEWHERE' }),
  version('organisation', 'SELL', 1, {}),
  version('organisation', 'OTHER', 1, {}),
  version('vat-rate', 'TVA', 1, { validFrom: '2020-01-01', validTo: null }),
  version('emission-factor', 'GRID', 1, {
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2026-11-01T00:00:00.000Z',
  }),
  version('invoice-terms', 'TERMS', 1, { contractCode: 'PPA' }),
  version('invoice-terms', 'FOREIGN', 1, { contractCode: 'NOBODY' }),
  version('vee-rule-set', 'ALL', 1, { meterCodes: [] }),
  version('vee-rule-set', 'ONE', 1, { meterCodes: ['M-9'] }),
];

describe('revised records in an engagement', () => {
  // prettier-ignore
  it.each<readonly [string, SealedVersion, boolean]>([
    ['the site itself',                 version('site', 'SITE', 2, {}),                                        true],
    ['another site',                    version('site', 'ELSEWHERE', 2, {}),                                   false],
    ['a contracted plant',              version('plant', 'SUN', 2, {}),                                        true],
    ['a plant of nobody here',          version('plant', 'FAR', 2, {}),                                        false],
    ['a meter of the site',             version('meter', 'M-1', 2, { siteCode: 'SITE' }),                      true],
    ['a meter that left the site',      version('meter', 'M-1', 2, { siteCode: 'ELSEWHERE' }),                 true],
    ['the meter of a contracted plant', version('meter', 'GEN', 2, { siteCode: 'ELSEWHERE' }),                 true],
    ['a meter of another site',         version('meter', 'M-9', 2, { siteCode: 'ELSEWHERE' }),                 false],
    ['a contract from a day inside',    version('contract', 'PPA', 2, { ...CONTRACT, effectiveFrom: '2026-10-31' }), true],
    ['a contract from the day after',   version('contract', 'PPA', 2, { ...CONTRACT, effectiveFrom: '2026-11-01' }), false],
    ['who sells',                       version('organisation', 'SELL', 2, {}),                                true],
    ['an organisation elsewhere',       version('organisation', 'OTHER', 2, {}),                               false],
    ['a factor that held, moved on',    version('emission-factor', 'GRID', 2, { validFrom: '2027-01-01T00:00:00Z', validTo: '2028-01-01T00:00:00Z' }), true],
    ['terms of the contract',           version('invoice-terms', 'TERMS', 2, { contractCode: 'PPA' }),         true],
    ['terms of another contract',       version('invoice-terms', 'FOREIGN', 2, { contractCode: 'NOBODY' }),    false],
    ['rules of all meters',             version('vee-rule-set', 'ALL', 2, { meterCodes: [] }),                 true],
    ['rules of a meter elsewhere',      version('vee-rule-set', 'ONE', 2, { meterCodes: ['M-9'] }),            false],
    ['a rate that ended before',        version('vat-rate', 'TVA', 2, { validFrom: '2020-01-01', validTo: '2026-10-01' }), true],
  ])('are listed where they touch: %s', (_, revised, touches) => {
    const stretch = { siteCode: 'SITE', startMs, endMs };
    const found = revisionsTouching([...FIRST, revised], stretch, MOROCCO_LEGAL_TIME);
    expect([...found]).toEqual(touches ? [revised.eventId] : []);
  });

  it('are not listed where neither version holds in the months', () => {
    const later = civilMonth(MOROCCO_LEGAL_TIME, '2026-12');
    const stretch = { siteCode: 'SITE', startMs: later.startMs, endMs: later.endMs };
    const revised = version('emission-factor', 'GRID', 2, {
      validFrom: '2026-01-01T00:00:00.000Z',
      validTo: '2026-11-01T00:00:00.000Z',
    });
    expect([...revisionsTouching([...FIRST, revised], stretch, MOROCCO_LEGAL_TIME)]).toEqual([]);
  });
});
