import { Injectable } from '@nestjs/common';
import {
  certificateShares,
  type CertificateShares,
} from '../../../core/engagements/certificate-shares.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { BundlesService } from '../../certificates/bundles/bundles.service.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { CheckpointDeliveriesService } from '../../signing/deliveries/checkpoint-deliveries.service.js';
import { CheckpointStampsService } from '../../signing/stamps/checkpoint-stamps.service.js';

/** What others vouch for: issuers of certificates, and who stamped or keeps states of the log. */
@Injectable()
export class EvidenceStandingService {
  constructor(
    private readonly certificates: CertificatesService,
    private readonly bundles: BundlesService,
    private readonly stamps: CheckpointStampsService,
    private readonly deliveries: CheckpointDeliveriesService,
  ) {}

  /** Certificates of a month's plants, as the log had them at a size. */
  async sharesOf(
    tx: LedgerTx,
    { plants, inputs: { startMs, endMs } }: MonthView,
    beforeSeq: number,
  ): Promise<CertificateShares> {
    const certificates = await this.certificates.inPeriod(tx, {
      ledgerId: tx.ledgerId,
      plantCodes: plants.map(({ code }) => code),
      startMs,
      endMs,
      beforeSeq,
    });
    const ids = certificates.map(({ certificateId }) => certificateId);
    return certificateShares(certificates, await this.bundles.touched(tx, ids, beforeSeq));
  }

  /** What others have of the state, or of a later one. */
  async outside(
    ledgerId: string,
    size: number,
  ): Promise<{ readonly isStamped: boolean; readonly isDelivered: boolean }> {
    const stamped = await this.stamps.list(ledgerId);
    const sent = await this.deliveries.list(ledgerId);
    return {
      isStamped: stamped.some(({ checkpoint }) => checkpoint.size >= size),
      isDelivered: sent.some((one) => one.state === 'delivered' && one.size >= size),
    };
  }
}
