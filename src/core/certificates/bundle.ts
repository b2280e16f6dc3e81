import { assert } from '../errors.js';
import { type Canonical, sealedJson } from '../ledger/canonical.js';
import { sha256, toHex } from '../ledger/merkle.js';
import { formatInstant } from '../time/interval.js';
import type { BundleStatus } from './lifecycle.js';

/** Energy sources of EnergyTag's registry model. */
export const ENERGY_SOURCES = [
  'solar_pv',
  'wind',
  'hydro',
  'biomass',
  'nuclear',
  'electrolysis',
  'geothermal',
  'battery_storage',
  'chp',
  'other',
] as const;
/** One source. */
export type EnergySource = (typeof ENERGY_SOURCES)[number];

/**
 * What an issuance says and never changes: the fields of EnergyTag's bundle model that go into its
 * hash (METHOD 3.1), under that model's names.
 */
export interface IssuanceFacts {
  /** Device – carrier – start; kept by all descendants. */
  readonly issuance_id: string;
  /** The issuing body's record, `CODE@version`. */
  readonly metadata_id: string;
  readonly energy_carrier: 'electricity';
  readonly energy_source: EnergySource;
  /** Wh per id. */
  readonly face_value: 1;
  readonly issuance_post_energy_carrier_conversion: boolean;
  /** 1 replaces the existing scheme, 2 stands beside it, 3 is made from its cancelled certificates. */
  readonly registry_configuration: 1 | 2 | 3;
  /** Direct, mg CO2e per kWh; null where the issuer says none. */
  readonly emissions_factor_production_device: number | null;
  readonly emissions_factor_source: string | null;
  readonly device_id: string;
  /** UTC instants, at most one hour apart. */
  readonly production_starting_interval: string;
  readonly production_ending_interval: string;
  readonly expiry_datestamp: string;
  readonly is_storage: boolean;
  readonly usable_for_disclosure: boolean;
  readonly is_trial: boolean;
}

/** What a device is, as far as its certificates say it. */
export interface DeviceFacts {
  readonly code: string;
  readonly technology: string;
  /** Direct emission factor, mg CO2e per kWh. */
  readonly directFactorMgPerKwh: number;
}

/** What an issuing body says of all its certificates. */
export interface IssuerFacts {
  readonly code: string;
  readonly version: number;
  readonly registryConfiguration: 1 | 2 | 3;
  /** Years after production in which a certificate expires (METHOD 9: 2, the reference setting). */
  readonly expiryYears: number;
}

/** The facts of an issuance whose file says no more than who generated what and when. */
export function issuanceFacts(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  device: DeviceFacts,
  issuer: IssuerFacts,
): IssuanceFacts {
  const start = formatInstant(startMs);
  const year = Number(start.slice(0, 4)) + issuer.expiryYears;
  // The day after 28 February stands in for 29 February of a year that has none.
  const leapless = start.slice(4, 10) === '-02-29' ? '-03-01' : start.slice(4, 10);
  return {
    issuance_id: `${device.code}-electricity-${start}`,
    metadata_id: `${issuer.code}@${issuer.version}`,
    energy_carrier: 'electricity',
    energy_source: SOURCE_OF[device.technology] ?? 'other',
    face_value: 1,
    issuance_post_energy_carrier_conversion: false,
    registry_configuration: issuer.registryConfiguration,
    emissions_factor_production_device: device.directFactorMgPerKwh,
    emissions_factor_source: 'device record',
    device_id: device.code,
    production_starting_interval: start,
    production_ending_interval: formatInstant(endMs),
    expiry_datestamp: `${year}${leapless}${start.slice(10)}`,
    is_storage: false,
    usable_for_disclosure: true,
    is_trial: false,
  };
}

const SOURCE_OF: Readonly<Record<string, EnergySource>> = {
  solar_pv: 'solar_pv',
  wind_turbine: 'wind',
  hydro: 'hydro',
  battery_storage: 'battery_storage',
  chp: 'chp',
};

/** A range of ids of one issuance, a Wh each, and what has become of it. */
export interface Bundle {
  readonly bundleId: string;
  /** The issuance it belongs to. */
  readonly certificateId: string;
  /** Inclusive, contiguous per device, never changed after creation. */
  readonly rangeStart: number;
  readonly rangeEnd: number;
  /** The bundle that was split; null for the issuance as a whole. */
  readonly parentId: string | null;
  /** SHA-256, hex. Status, owner and beneficiary are outside it. */
  readonly hash: string;
  /** How often it has changed; 0 = as issued. */
  readonly version: number;
  readonly status: BundleStatus;
  /** For a locked bundle, the status before. */
  readonly statusBefore: BundleStatus | null;
  /** Code of the owner's organisation. */
  readonly ownerCode: string;
  /** Set at cancellation; for a reserved bundle, for whom it is held. */
  readonly beneficiary: string | null;
}

/** Wh of a bundle: its ids, a Wh each. */
export function bundleWh({
  rangeStart,
  rangeEnd,
}: Pick<Bundle, 'rangeStart' | 'rangeEnd'>): number {
  return rangeEnd - rangeStart + 1;
}

/**
 * Hash of a bundle (METHOD 3.1): the facts, the range, and for a child its parent's hash. With a
 * domain, so that it can pass for nothing else; without anything that can change, so that it can
 * always be computed again.
 */
export function bundleHash(
  facts: IssuanceFacts,
  range: Pick<Bundle, 'rangeStart' | 'rangeEnd'>,
  parentHash: string | null,
): string {
  const document: { readonly [key: string]: Canonical } = {
    ...facts,
    certificate_bundle_id_range_start: range.rangeStart,
    certificate_bundle_id_range_end: range.rangeEnd,
    parent_hash: parentHash,
  };
  return toHex(sha256(sealedJson('mizan/certificate-bundle/1', document)));
}

/**
 * Takes the first `wh` ids of a bundle (METHOD 3.3): the children cover it exactly, keep its
 * issuance, owner and status, and have hashes of their own.
 *
 * @param wh   More than 0 and less than the bundle's.
 * @param ids  Of the two children.
 */
export function splitBundle(
  bundle: Bundle,
  facts: IssuanceFacts,
  wh: number,
  ids: readonly [first: string, second: string],
): readonly [taken: Bundle, rest: Bundle] {
  assert(Number.isSafeInteger(wh) && wh > 0 && wh < bundleWh(bundle), 'split: a proper part');
  const cut = bundle.rangeStart + wh;
  const child = (bundleId: string, rangeStart: number, rangeEnd: number): Bundle => ({
    ...bundle,
    bundleId,
    rangeStart,
    rangeEnd,
    parentId: bundle.bundleId,
    version: 1,
    hash: bundleHash(facts, { rangeStart, rangeEnd }, bundle.hash),
  });
  return [child(ids[0], bundle.rangeStart, cut - 1), child(ids[1], cut, bundle.rangeEnd)];
}

/** Canonical row of one step of a bundle, as an event seals it. */
export function bundleChangeRow({
  action,
  statusWas,
  bundle,
}: {
  readonly action: string;
  readonly statusWas: BundleStatus | null;
  readonly bundle: Bundle;
}): string {
  const { bundleId, certificateId, rangeStart, rangeEnd, parentId, hash, version } = bundle;
  const { status, statusBefore, ownerCode, beneficiary } = bundle;
  return sealedJson('mizan/row/bundle-change/1', {
    action,
    statusWas,
    bundleId,
    certificateId,
    rangeStart,
    rangeEnd,
    parentId,
    hash,
    version,
    status,
    statusBefore,
    ownerCode,
    beneficiary,
  });
}
