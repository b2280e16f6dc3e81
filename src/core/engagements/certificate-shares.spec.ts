import type { BundleStatus } from '../certificates/lifecycle.js';
import { certificateShares } from './certificate-shares.js';

const certificate = (certificateId: string, wh: number, signedBy: string | null = null) => ({
  certificateId,
  wh,
  status: 'Active',
  signedBy,
});
const bundle = (certificateId: string, from: number, length: number, status: BundleStatus) => ({
  certificateId,
  rangeStart: from,
  rangeEnd: from + length - 1,
  status,
});

describe('shares of certificates', () => {
  it('count Wh that are signed, cancelled and only reserved, of what was not withdrawn', () => {
    const certificates = [
      certificate('A', 1_000, 'ISSUER-KEY'),
      certificate('B', 900),
      certificate('C', 700, 'ISSUER-KEY'),
      { ...certificate('D', 5_000), status: 'Withdrawn' },
    ];
    const bundles = [
      bundle('A', 0, 1_000, 'Bundle Split'),
      bundle('A', 0, 400, 'Cancelled'),
      bundle('A', 400, 600, 'Reserved'),
      bundle('B', 1_000, 900, 'Claimed'),
    ];
    expect(certificateShares(certificates, bundles)).toEqual({
      certificateCount: 3,
      wh: 2_600,
      signedWh: 1_700,
      cancelledWh: 1_300,
      reservedWh: 600,
      signedPct: '65.38',
      cancelledPct: '50.00',
      reservedPct: '23.07',
    });
  });

  it('are none of nothing, and leave out what was withdrawn after it was handled', () => {
    const none = { signedPct: null, cancelledPct: null, reservedPct: null };
    expect(certificateShares([], [])).toMatchObject({ certificateCount: 0, wh: 0, ...none });
    const gone = certificateShares([certificate('A', 10)], [bundle('A', 0, 10, 'Withdrawn')]);
    expect(gone).toMatchObject({ certificateCount: 0, wh: 0, ...none });
  });
});
