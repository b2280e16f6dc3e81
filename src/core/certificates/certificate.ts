import { type Canonical, sealedJson } from '../ledger/canonical.js';
import { bundleHash, type IssuanceFacts } from './bundle.js';
import type { CertificateFlag } from './plausibility.js';
import { formatInstant, HOUR_MS } from '../time/interval.js';

/** Status of a certificate bundle (METHOD 3.4), as an issuer's file may state it. */
export const CERTIFICATE_STATUSES = [
  'Active',
  'Reserved',
  'Locked',
  'Cancelled',
  'Claimed',
  'Withdrawn',
  'Expired',
] as const;
/** One status. */
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** Energy that one plant generated in one interval, as its issuer certifies it. */
export interface Certificate {
  readonly certificateId: string;
  readonly plantCode: string;
  /** Production interval, half-open, ms; at most one hour, inside one UTC hour. */
  readonly startMs: number;
  readonly endMs: number;
  /** Whole Wh, rounded down by the issuer. */
  readonly wh: number;
  /** The issuer's own id. */
  readonly externalId: string;
  readonly issuer: string;
  readonly status: CertificateStatus;
  /** Line of the file (CSV) or position of the item, from 1 (JSON). */
  readonly sourceLine: number;
}

/** Default plausibility margin on capacity × hours (METHOD 3.2, the reference registry's setting). */
export const CAPACITY_MARGIN_PCT = 110;

/**
 * The most that a plant can plausibly generate in an interval: capacity × hours × margin.
 *
 * @param capacityW   Installed AC capacity, W.
 * @param durationMs  Interval length, ms.
 * @returns           Wh, rounded down.
 */
export function plausibleWhMax(capacityW: number, durationMs: number): number {
  return Math.floor((capacityW * (durationMs / HOUR_MS) * CAPACITY_MARGIN_PCT) / 100);
}

/**
 * Where a certificate came from, if not from its issuer's own file. Outside the hash of its bundle,
 * as EnergyTag's link to storage is; sealed with the certificate.
 */
export type CertificateOrigin = StorageOrigin | MwhOrigin | RegistryOrigin;

/** A storage device gave the energy back. */
export interface StorageOrigin {
  readonly kind: 'storage';
  readonly dischargeRecordId: string;
  /** The bundle that was cancelled for the charge. */
  readonly cancelledBundleId: string;
  /** Number of this part of the discharge, from 1. */
  readonly part: number;
}

/** It was made from a MWh certificate that was cancelled for it (registry configuration 3). */
export interface MwhOrigin {
  readonly kind: 'mwh';
  readonly trackingSystemCode: string;
  readonly mwhCertificateId: string;
}

/** It was transferred from another registry, which keeps its ids. */
export interface RegistryOrigin {
  readonly kind: 'registry';
  readonly registryCode: string;
  readonly issuanceId: string;
  /** Inclusive ids there. */
  readonly rangeStart: number;
  readonly rangeEnd: number;
  /** As that registry states it. */
  readonly hash: string;
}

/** A certificate with its place in EnergyTag's model. */
export interface IssuedCertificate extends Certificate {
  /** First id of its range on the device; the range is as long as its Wh. */
  readonly rangeStart: number;
  /** Owner at issuance. */
  readonly ownerCode: string;
  readonly facts: IssuanceFacts;
  /** Key of the issuer that signed its file; null = not signed. */
  readonly signedBy: string | null;
  /** What looked wrong when it came, in stable order. */
  readonly flags: readonly CertificateFlag[];
  /** Null: its issuer's file says all there is. */
  readonly origin: CertificateOrigin | null;
}

/**
 * The part of its interval that a certificate takes up on its device, as a range of whole numbers: all
 * of it, unless several certificates share the interval. Ranges of one interval never overlap.
 */
export function partOf({ origin }: Pick<IssuedCertificate, 'origin'>): string {
  if (origin?.kind === 'storage') return `[${origin.part},${origin.part}]`;
  if (origin?.kind === 'registry') return `[${origin.rangeStart},${origin.rangeEnd}]`;
  return '(,)';
}

/** Domain of sealed certificates. */
export const CERTIFICATE_DOMAIN = 'mizan/row/certificate/2';
/** Domain of certificates that events of before sealed, without the facts of their issuance. */
export const PLAIN_CERTIFICATE_DOMAIN = 'mizan/row/certificate/1';

/** Canonical row of a certificate, as an event seals it, with the hash of its whole bundle. */
export function issuedCertificateRow(certificate: IssuedCertificate): string {
  const { rangeStart, ownerCode, facts, wh, signedBy, flags, origin } = certificate;
  const range = { rangeStart, rangeEnd: rangeStart + wh - 1 };
  return sealedJson(CERTIFICATE_DOMAIN, {
    ...fieldsOf(certificate),
    rangeStart,
    ownerCode,
    facts: { ...facts },
    hash: bundleHash(facts, range, null),
    ...(isBeforeIssuers(certificate) ? {} : { signedBy, flags }),
    // Certificates of before were sealed without it.
    ...(origin === null ? {} : { origin: { ...origin } }),
  });
}

/**
 * Whether it was issued before issuers were records: its facts name the issuer as the file did, where
 * later ones name a version of its record. Nobody signed and nothing was flagged then, and what is not
 * there was not sealed; a row that says otherwise is read, and refused, in the later form.
 */
function isBeforeIssuers({ facts, issuer, signedBy, flags, origin }: IssuedCertificate): boolean {
  const isPlain = signedBy === null && flags.length === 0 && origin === null;
  return isPlain && facts.metadata_id === issuer;
}

/** Canonical row of a certificate as events of before sealed it. */
export function certificateRow(certificate: Certificate): string {
  return sealedJson(PLAIN_CERTIFICATE_DOMAIN, fieldsOf(certificate));
}

function fieldsOf(certificate: Certificate): { readonly [key: string]: Canonical } {
  return {
    certificateId: certificate.certificateId,
    plantCode: certificate.plantCode,
    start: formatInstant(certificate.startMs),
    end: formatInstant(certificate.endMs),
    wh: certificate.wh,
    externalId: certificate.externalId,
    issuer: certificate.issuer,
    status: certificate.status,
    sourceLine: certificate.sourceLine,
  };
}
