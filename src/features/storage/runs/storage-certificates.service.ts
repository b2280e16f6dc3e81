import { Injectable } from '@nestjs/common';
import { issuanceFacts } from '../../../core/certificates/bundle.js';
import type { IssuedCertificate } from '../../../core/certificates/certificate.js';
import { assert } from '../../../core/errors.js';
import type { TracedAllocation } from '../../../core/storage/run.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { RowsOfEvent } from '../../../platform/database/rows/pages.js';
import type { Plant } from '../../assets/assets.service.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import { IssuersService } from '../../certificates/registries/issuers.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';

/** A certificate for what a device gave back, and the position of the allocation it is of. */
export type StorageCertificate = IssuedCertificate & { readonly allocationAt: number };

/** Certifies again what storage devices give back. */
@Injectable()
export class StorageCertificatesService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly certificates: CertificatesService,
    private readonly issuers: IssuersService,
  ) {}

  /**
   * Issues certificates for the allocations behind which a cancelled one stands: what came out, over the
   * discharge's interval, of the original source (METHOD 3.6). The caller’s event seals them.
   */
  async issue(
    tx: LedgerTx,
    at: { readonly ledgerId: string; readonly eventId: string; readonly recordedAt: Date },
    device: Plant,
    allocations: readonly TracedAllocation[],
  ): Promise<StorageCertificate[]> {
    const issuers = await this.issuers.all(tx);
    let rangeStart = await this.certificates.nextIdOf(tx, device.code);
    const partsOf = new Map<string, number>();
    const issued: StorageCertificate[] = [];
    allocations.forEach((allocation, allocationAt) => {
      const { discharge, part, terms, dischargeWh: wh } = allocation;
      if (part.backing === null || wh === 0) return;
      const issuer = issuers.get(terms.issuerCode);
      assert(issuer !== undefined, 'storage: terms name an issuer');
      const number = (partsOf.get(discharge.recordId) ?? 0) + 1;
      partsOf.set(discharge.recordId, number);
      const { facts: original } = part.backing;
      const { startMs, endMs, externalId } = discharge;
      const own = { code: device.code, technology: device.technology, directFactorMgPerKwh: 0 };
      issued.push({
        certificateId: this.ledger.nextId(),
        plantCode: device.code,
        startMs,
        endMs,
        wh,
        externalId: `${externalId}/${number}`,
        issuer: issuer.code,
        status: 'Active',
        sourceLine: 0,
        rangeStart,
        ownerCode: device.organisationCode,
        facts: {
          ...issuanceFacts({ startMs, endMs }, own, issuer),
          energy_source: original.energy_source,
          emissions_factor_production_device: original.emissions_factor_production_device,
          emissions_factor_source: original.emissions_factor_source,
          is_storage: true,
        },
        signedBy: null,
        flags: [],
        allocationAt,
        origin: {
          kind: 'storage',
          dischargeRecordId: discharge.recordId,
          cancelledBundleId: part.backing.bundleId,
          part: number,
        },
      });
      rangeStart += wh;
    });
    await this.certificates.issueIn(tx, at, issued);
    return issued;
  }

  /** Certificates that a run issued, in the order of their rows. */
  ofEvent(tx: LedgerTx, event: RowsOfEvent): AsyncIterable<IssuedCertificate[]> {
    return this.certificates.ofEvent(tx, event);
  }
}
