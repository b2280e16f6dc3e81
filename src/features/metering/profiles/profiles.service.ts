import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../../../core/errors.js';
import { HOUSE_PROFILE, type ImportProfile } from '../../../core/metering/import-profile.js';
import { MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import { type FileZone, parseOffset } from '../../../core/time/local-stamp.js';
import { TZ_VERSION } from '../../../core/time/tz-data.js';
import { ianaLegalTime } from '../../../core/time/tz-zones.js';
import type { RecordStore } from '../../../platform/http/record-controller.js';
import { type RecordKind, RecordsService } from '../../ledger/records/records.service.js';
import { ImportProfileEntity } from './import-profile.entity.js';
import { LegalTimeEntity } from './legal-time.entity.js';
import type { ImportProfileAttributes, LegalTimeAttributes } from './profiles.schemas.js';

const BUILT_IN_ZONES = new Set(['stated', 'MA']);

/** Names with a slash are the IANA database's; others are legal times of the ledger. */
const isBuiltIn = (zone: string): boolean =>
  BUILT_IN_ZONES.has(zone) || parseOffset(zone) !== null || zone.includes('/');

const PROFILE: RecordKind<ImportProfileEntity, ImportProfileAttributes> = {
  kind: 'import-profile',
  entity: ImportProfileEntity,
  references: ({ settings: { meters, zone } }) => [
    ...Object.values(meters).flatMap((code) =>
      code === null ? [] : [{ field: 'settings.meters', code, kind: 'meter' }],
    ),
    ...(isBuiltIn(zone) ? [] : [{ field: 'settings.zone', code: zone, kind: 'legal-time' }]),
  ],
};

const LEGAL_TIME: RecordKind<LegalTimeEntity, LegalTimeAttributes> = {
  kind: 'legal-time',
  entity: LegalTimeEntity,
  references: () => [],
};

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
  readonly profiles: RecordStore<ImportProfileAttributes, ImportProfileEntity>;
  readonly legalTimes: RecordStore<LegalTimeAttributes, LegalTimeEntity>;

  constructor(private readonly records: RecordsService) {
    this.profiles = records.store(PROFILE);
    this.legalTimes = records.store(LEGAL_TIME);
  }

  /**
   * The latest version of a profile with its zone; the house's own form for null.
   *
   * @throws DomainError `record.not_found`
   */
  async resolve(
    tx: EntityManager,
    ledgerId: string,
    code: string | null,
  ): Promise<ResolvedProfile> {
    if (code === null) return { profile: HOUSE_PROFILE, zone: { kind: 'stated' }, readAs: '' };
    const { settings, version } = await this.records.latestIn(tx, ledgerId, PROFILE, code);
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
    const found = await this.records.latestIn(tx, ledgerId, LEGAL_TIME, zone);
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
