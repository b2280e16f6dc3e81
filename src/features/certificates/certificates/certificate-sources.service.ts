import { Injectable } from '@nestjs/common';
import { mwhFault, mwhKey, type MwhSource } from '../../../core/certificates/mwh-columns.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import type { RowProblems } from '../../../platform/files/row-problems.js';
import type { FileCertificate } from './certificate-file.service.js';
import { MwhSources } from './mwh-sources.port.js';
import type { Issuer } from '../registries/issuers.service.js';

/** Whether hourly certificates were made from what they may be made from. */
@Injectable()
export class CertificateSourcesService {
  constructor(private readonly sources: MwhSources) {}

  /**
   * An issuer of configuration 3 makes hourly certificates from cancelled MWh certificates only, and
   * names them; another names none (METHOD 3.1, 3.7).
   */
  async check(
    tx: LedgerTx,
    { rows, issuers }: { rows: readonly FileCertificate[]; issuers: ReadonlyMap<string, Issuer> },
    problems: RowProblems,
  ): Promise<void> {
    const wanted = rows.flatMap(({ mwh }) => (mwh === null ? [] : [mwh]));
    const known = wanted.length === 0 ? new Map() : await this.sources.find(tx, wanted);
    const left = new Map<string, MwhSource>(known);
    for (const row of rows) {
      const { mwh, sourceLine } = row;
      const isConverted = issuers.get(row.issuer)!.registryConfiguration === 3;
      const at = { row: sourceLine, column: 'mwh_certificate', value: mwh?.mwhCertificateId ?? '' };
      if (isConverted !== (mwh !== null)) {
        problems.add({
          ...at,
          rule: 'mwh.configuration_3',
          detail: isConverted
            ? 'The issuer makes hourly certificates from MWh certificates: name the one.'
            : 'The issuer makes hourly certificates from metering, not from MWh certificates.',
          fix: 'Correct the columns, or the registry configuration of the issuer.',
        });
        continue;
      }
      if (mwh === null) continue;
      const source = left.get(mwhKey(mwh)) ?? null;
      const fault = mwhFault(row, source);
      if (fault !== null) problems.add({ ...at, ...fault });
      else left.set(mwhKey(mwh), { ...source!, leftWh: source!.leftWh - row.wh });
    }
  }
}
