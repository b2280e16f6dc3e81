import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import { HOUSE_PROFILE, type ImportProfile } from '../../../core/metering/import-profile.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { type FileZone, parseOffset } from '../../../core/time/local-stamp.js';
import { TZ_VERSION } from '../../../core/time/tz-data.js';
import { ianaLegalTime } from '../../../core/time/tz-zones.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { RecordsService } from '../../ledger/records/records.service.js';
import { IMPORT_PROFILE } from './import-profile.kind.js';
import { LEGAL_TIME } from './legal-time.kind.js';

/** The zone of a name that needs no record of the ledger; null for one that does. */
export function builtInZone(zone: string): FileZone | null {
  if (zone === 'stated') return { kind: 'stated' };
  const offsetMinutes = parseOffset(zone);
  if (offsetMinutes !== null) return { kind: 'fixed', offsetMinutes };
  if (zone === 'MA') return { kind: 'legal', rules: MOROCCO_LEGAL_TIME, code: zone };
  const rules = zone.includes('/') ? ianaLegalTime(zone) : null;
  return rules === null ? null : { kind: 'legal', rules, code: zone };
}

/** How a file is read: the settings, the zone they name, and their short name. */
export interface ResolvedProfile {
  readonly profile: ImportProfile;
  readonly zone: FileZone;
  /** `CODE@VERSION`; with the version of a legal time that is a record. Empty for the house's form. */
  readonly readAs: string;
}

/** How the files of each source are written, and the legal times that they are written in. */
@Injectable()
export class ProfilesService {
  constructor(private readonly records: RecordsService) {}

  /**
   * The latest version of a profile with its zone; the house's own form for null.
   *
   * @throws DomainError `record.not_found`
   */
  async resolve(tx: LedgerTx, code: string | null): Promise<ResolvedProfile> {
    if (code === null) return { profile: HOUSE_PROFILE, zone: { kind: 'stated' }, readAs: '' };
    const { settings, version } = await this.records.latestIn(tx, IMPORT_PROFILE, code);
    // A profile of an earlier version of the software lacks the settings that came since.
    const columns = { ...HOUSE_PROFILE.columns, ...settings.columns };
    const profile = { ...HOUSE_PROFILE, ...settings, columns };
    const readAs = `${code}@${version}`;
    const { zone } = settings;
    const known = builtInZone(zone);
    if (known !== null) {
      const isIana = known.kind === 'legal' && zone !== 'MA';
      return { profile, zone: known, readAs: isIana ? `${readAs} ${zone}@${TZ_VERSION}` : readAs };
    }
    const found = await this.records.latestIn(tx, LEGAL_TIME, zone);
    if (found.rules.length === 0) {
      throw new DomainError('record.not_found', { kind: 'legal-time', recordCode: zone });
    }
    return {
      profile,
      zone: { kind: 'legal', rules: found.rules, code: zone },
      readAs: `${readAs} ${zone}@${found.version}`,
    };
  }
}
