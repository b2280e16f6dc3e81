import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  CERTIFICATE_DOMAIN,
  type IssuedCertificate,
  issuedCertificateRow,
  plausibleWhMax,
} from '../../../core/certificates/certificate.js';
import { flagsOf } from '../../../core/certificates/plausibility.js';
import { readSpan } from '../../../core/tabular/fields.js';
import { formatInstant } from '../../../core/time/interval.js';
import { sumWattHours } from '../../../core/units/energy.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { Clock } from '../../../platform/clock.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { pointerProblems } from '../../../platform/http/problems.js';
import type { FileNamed, KeptFile } from '../../../platform/files/file-store.js';
import { readJsonItems } from '../../../platform/files/formats/json-items.js';
import { RowProblems } from '../../../platform/files/row-problems.js';
import { AssetsService, type Plant, placeOf } from '../../assets/assets.service.js';
import type { ImportContext, ImportOutcome } from '../../imports/file-intake.port.js';
import { type ImportResult, ImportsService } from '../../imports/imports.service.js';
import { CertificateWritingService } from '../certificates/certificate-writing.service.js';
import { CertificatesRepository, issuerKey } from '../certificates/certificates.repository.js';
import { RegistriesService } from '../registries/registries.service.js';
import { TransferredBundle } from './transfers.schemas.js';
import type { Registry } from '../registries/registry.kind.js';

const NAMES = {
  start: 'production_starting_interval',
  externalId: 'certificate_bundle_id_range_start',
} as const;

/** A bundle of the file with its place here. */
interface Arrived {
  readonly row: number;
  readonly bundle: TransferredBundle;
  readonly plant: Plant;
  readonly ownerCode: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A registry's file on its way in. */
export interface TransferredFile extends FileNamed {
  readonly registryCode: string;
  /** Detached JWS of the registry over the bytes; null = none came. */
  readonly signature: string | null;
}

interface SignedBundles {
  readonly arrived: readonly Arrived[];
  readonly signature: string | null;
  readonly signedBy: string | null;
}

/** Takes in certificates that another registry hands over. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly imports: ImportsService,
    private readonly assets: AssetsService,
    private readonly registries: RegistriesService,
    private readonly certificates: CertificatesRepository,
    private readonly clock: Clock,
    private readonly writing: CertificateWritingService,
  ) {}

  /**
   * Takes in a file of bundles in EnergyTag's model (METHOD 3.1), a JSON array, whole or not at all,
   * signed by the registry. Each becomes a certificate of its plant with the facts that it brought;
   * the ids and the hash that it had there are kept and sealed beside it. What is known already, with
   * the same content, is skipped.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes; `record.not_found`;
   *   `certificate.signature_missing`, `certificate.signature_invalid`; `energy.serial_overlaps` when
   *   a Wh came before, here or to another ledger, or the plant has a certificate for the time
   */
  importFile(actor: Actor, from: TransferredFile, bytes: Readable): Promise<ImportResult> {
    const { fileName, registryCode, signature, dryRun, signal } = from;
    return this.imports.importFile(
      actor,
      { kind: 'bundles', fileName, readAs: registryCode, bytes, dryRun, signal },
      {
        basis: async (tx) => ({
          registry: await this.registries.get(tx, registryCode),
          plants: await this.assets.allPlants(tx),
        }),
        read: async (basis, file, ended) => {
          const signedBy = await this.registries.signerOf(file, basis.registry, signature, ended);
          const arrived = await this.readBundles(file, { ...basis, fileName, signal: ended });
          return { arrived, signature, signedBy };
        },
      },
      (context, read, { registry }) => this.take(context, read, registry),
    );
  }

  private async readBundles(
    file: KeptFile,
    how: {
      readonly registry: Registry;
      readonly plants: readonly Plant[];
      readonly fileName: string;
      readonly signal: AbortSignal;
    },
  ): Promise<readonly Arrived[]> {
    const { registry, plants, fileName, signal } = how;
    const problems = new RowProblems();
    const nowMs = this.clock.now().getTime();
    const arrived: Arrived[] = [];
    let row = 0;
    for await (const item of readJsonItems(this.imports.open(file, signal), fileName)) {
      row += 1;
      const read = readBundle(row, item, { registry, plants, nowMs, problems });
      if (read !== null) arrived.push(read);
    }
    if (row === 0) {
      problems.add({
        row: 1,
        column: 'file',
        value: '',
        rule: 'file.not_empty',
        detail: 'The file has no bundles.',
        fix: 'Send at least one bundle.',
      });
    }
    requirePlausible(arrived, problems);
    problems.refuseIfAny(file);
    return arrived;
  }

  private async take(
    context: ImportContext,
    { arrived, signature, signedBy }: SignedBundles,
    registry: Registry,
  ): Promise<ImportOutcome> {
    const { tx, file } = context;
    const problems = new RowProblems();
    const issued = await this.fresh(tx, { arrived, registry, signedBy }, problems);
    problems.refuseIfAny(file);
    await this.writing.write(context, issued, (row, field) => `/${row - 1}/${NAMES[field]}`);
    return {
      rowCount: arrived.length,
      newCount: issued.length,
      changedCount: 0,
      identicalCount: arrived.length - issued.length,
      totalWh: sumWattHours(arrived.map(({ bundle }) => bundle.bundle_quantity)),
      ...(signature === null ? {} : { signature }),
      rowDomain: CERTIFICATE_DOMAIN,
      rows: issued.map(issuedCertificateRow),
      validFrom: formatInstant(Math.min(...arrived.map(({ startMs }) => startMs))),
      validTo: formatInstant(Math.max(...arrived.map(({ endMs }) => endMs))),
    };
  }

  /** The bundles that are not known yet, as certificates here. */
  private async fresh(
    tx: LedgerTx,
    of: {
      readonly arrived: readonly Arrived[];
      readonly registry: Registry;
      readonly signedBy: string | null;
    },
    problems: RowProblems,
  ): Promise<IssuedCertificate[]> {
    const nextIds = await this.certificates.nextIds(
      tx,
      of.arrived.map(({ plant }) => plant.code),
    );
    const all = of.arrived.map((one) => {
      const rangeStart = nextIds.get(one.plant.code) ?? 0;
      return certificateOf(one, { ...of, rangeStart, certificateId: '' });
    });
    const known = await this.certificates.known(tx, all);
    return all
      .filter((certificate) => {
        const before = known.get(issuerKey(certificate));
        if (before === undefined) return true;
        const earlier = before.origin;
        const isSame =
          earlier?.kind === 'registry' &&
          certificate.origin?.kind === 'registry' &&
          earlier.hash === certificate.origin.hash &&
          before.plantCode === certificate.plantCode &&
          before.startMs === certificate.startMs;
        if (!isSame) {
          problems.add({
            row: certificate.sourceLine,
            column: `/${certificate.sourceLine - 1}/hash`,
            value: certificate.externalId,
            rule: 'certificate.never_edited',
            detail: 'The bundle is known with other content.',
            fix: 'Ask the registry for the bundle as it was handed over.',
          });
        }
        return false;
      })
      .map((certificate) => {
        const rangeStart = nextIds.get(certificate.plantCode) ?? 0;
        nextIds.set(certificate.plantCode, rangeStart + certificate.wh);
        return { ...certificate, rangeStart, certificateId: this.imports.nextId() };
      });
  }
}

function readBundle(
  row: number,
  item: unknown,
  known: {
    readonly registry: Registry;
    readonly plants: readonly Plant[];
    readonly nowMs: number;
    readonly problems: RowProblems;
  },
): Arrived | null {
  const { registry, plants, nowMs, problems } = known;
  const refuse = (field: string, rule: string, say: readonly [string, string]): null => {
    const value = JSON.stringify((item as Record<string, unknown> | null)?.[field] ?? null);
    const [detail, fix] = say;
    problems.add({ row, column: `/${row - 1}/${field}`, value, rule, detail, fix });
    return null;
  };
  const { data: bundle, error } = TransferredBundle.safeParse(item);
  if (error !== undefined) {
    for (const { pointer, rule, detail } of pointerProblems(error.issues)) {
      const fix = 'Send the bundle as EnergyTag’s model has it, active, with its registry’s hash.';
      problems.add({ row, column: `/${row - 1}${pointer}`, value: '', rule, detail, fix });
    }
    return null;
  }
  const device = registry.devices.find(({ deviceId }) => deviceId === bundle.device_id);
  const plant = plants.find(({ code }) => code === device?.plantCode);
  if (plant === undefined) {
    return refuse('device_id', 'device.known', [
      `${registry.code} has no such device on record.`,
      'Add the device and its plant to the registry’s record.',
    ]);
  }
  const account = registry.accounts.find(({ accountId }) => accountId === bundle.account_id);
  if (account === undefined) {
    return refuse('account_id', 'account.known', [
      `${registry.code} has no such account on record.`,
      'Add the account and its organisation to the registry’s record.',
    ]);
  }
  const span = readSpan({
    start: bundle.production_starting_interval,
    end: bundle.production_ending_interval,
  });
  if ('rule' in span) {
    const field = `production_${span.column === 'start' ? 'starting' : 'ending'}_interval`;
    return refuse(field, span.rule, [span.detail, span.fix]);
  }
  if (Date.parse(bundle.expiry_datestamp) <= nowMs) {
    return refuse('expiry_datestamp', 'certificate.not_expired', [
      'The bundle has expired.',
      'An expired certificate cannot be transferred.',
    ]);
  }
  return { row, bundle, plant, ownerCode: account.organisationCode, ...span };
}

/** Bundles of one plant and interval are together within its capacity. */
function requirePlausible(arrived: readonly Arrived[], problems: RowProblems): void {
  const sums = new Map<string, number>();
  for (const { row, bundle, plant, startMs, endMs } of arrived) {
    const key = `${plant.code} ${startMs}`;
    const wh = (sums.get(key) ?? 0) + bundle.bundle_quantity;
    sums.set(key, wh);
    const mostWh = plausibleWhMax(plant.capacityW, endMs - startMs);
    if (wh <= mostWh) continue;
    problems.add({
      row,
      column: `/${row - 1}/bundle_quantity`,
      value: String(bundle.bundle_quantity),
      rule: 'generation.within_capacity',
      detail: `With the bundles before, more than ${plant.code} can generate: ${mostWh} Wh.`,
      fix: 'Check the bundles, or revise the plant’s capacity.',
    });
  }
}

function certificateOf(
  { row, bundle, plant, ownerCode, startMs, endMs }: Arrived,
  of: {
    readonly registry: Registry;
    readonly signedBy: string | null;
    readonly rangeStart: number;
    readonly certificateId: string;
  },
): IssuedCertificate {
  const { certificate_bundle_id_range_start: first, certificate_bundle_id_range_end: last } =
    bundle;
  const wh = bundle.bundle_quantity;
  const { certificateId, rangeStart, signedBy, registry } = of;
  return {
    certificateId,
    plantCode: plant.code,
    startMs,
    endMs,
    wh,
    sourceLine: row,
    externalId: `${bundle.issuance_id}#${first}-${last}`,
    issuer: registry.issuerCode,
    status: 'Active',
    rangeStart,
    ownerCode,
    signedBy,
    facts: {
      issuance_id: bundle.issuance_id,
      metadata_id: bundle.metadata_id,
      energy_carrier: bundle.energy_carrier,
      energy_source: bundle.energy_source,
      face_value: bundle.face_value,
      issuance_post_energy_carrier_conversion: bundle.issuance_post_energy_carrier_conversion,
      registry_configuration: bundle.registry_configuration,
      emissions_factor_production_device: bundle.emissions_factor_production_device,
      emissions_factor_source: bundle.emissions_factor_source,
      device_id: plant.code,
      production_starting_interval: formatInstant(startMs),
      production_ending_interval: formatInstant(endMs),
      expiry_datestamp: formatInstant(Date.parse(bundle.expiry_datestamp)),
      is_storage: bundle.is_storage,
      usable_for_disclosure: true,
      is_trial: false,
    },
    flags: flagsOf({ startMs, endMs, wh }, { ...plant, place: placeOf(plant) }),
    origin: {
      kind: 'registry',
      registryCode: registry.code,
      issuanceId: bundle.issuance_id,
      rangeStart: first,
      rangeEnd: last,
      hash: bundle.hash,
    },
  };
}
