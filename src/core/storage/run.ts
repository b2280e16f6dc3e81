import type { IssuanceFacts } from '../certificates/bundle.js';
import { assert } from '../errors.js';
import { shareOf } from '../math/exact-share.js';
import { sealedJson } from '../ledger/canonical.js';
import { compareIds } from '../text.js';
import { formatInstant } from '../time/interval.js';
import { sumWattHours } from '../units/energy.js';
import { drawDischarge, type OpenCharge, type StorageMethod } from './allocate.js';

/** One charge or discharge of a device, as its validator recorded it (METHOD 3.1). */
export interface StorageRecord {
  readonly recordId: string;
  readonly deviceCode: string;
  readonly isCharging: boolean;
  /** Flow interval, half-open, ms, inside one UTC hour. */
  readonly startMs: number;
  readonly endMs: number;
  /** Whole Wh; zero while the device stands idle. */
  readonly wh: number;
  readonly externalId: string;
  readonly validator: string;
  /** Line of its file. */
  readonly sourceLine: number;
}

/** A part of a charge: what one cancelled bundle stands behind, or what none does. */
export interface ChargePart {
  readonly record: Pick<StorageRecord, 'recordId' | 'startMs' | 'endMs'>;
  /** Null for the part that no certificate stands behind: it can be drawn and certifies nothing. */
  readonly backing: {
    readonly bundleId: string;
    readonly rangeStart: number;
    readonly facts: IssuanceFacts;
  } | null;
  readonly leftWh: number;
}

/** How a device's discharges are traced, over a time: dated terms. */
export interface StorageTerms {
  readonly code: string;
  readonly version: number;
  readonly issuerCode: string;
  readonly method: StorageMethod;
  /** Round-trip efficiency, exact decimal text, 0 < e ≤ 1. */
  readonly efficiency: string;
  /** For discharges that start in `[efficiencyFrom, efficiencyTo)`; at most six months. */
  readonly efficiencyFrom: string;
  readonly efficiencyTo: string;
}

/** What a discharge drew on a part of a charge, and what it certifies. */
export interface TracedAllocation {
  readonly discharge: StorageRecord;
  readonly part: ChargePart;
  readonly terms: StorageTerms;
  readonly chargeWh: number;
  readonly dischargeWh: number;
}

/** What came of a run over a device's discharges. */
export interface StorageRun {
  /** By discharge, then in the order of drawing. */
  readonly allocations: readonly TracedAllocation[];
  readonly dischargeWh: number;
  /** Discharge behind which a cancelled certificate stands: it gets one again. */
  readonly certifiedWh: number;
  /** Discharge that no charge stands behind. */
  readonly unbackedWh: number;
  /** Charge that went into the discharges, less what came out of it. */
  readonly lossWh: number;
}

/**
 * Terms that hold for a discharge: the latest version whose time includes its start.
 *
 * @param versions  In the order in which they were written.
 * @returns         Null where none does: an efficiency is never used beyond its time (METHOD 3.1).
 */
export function storageTermsAt(
  versions: readonly StorageTerms[],
  startMs: number,
): StorageTerms | null {
  const holds = ({ efficiencyFrom, efficiencyTo }: StorageTerms): boolean =>
    Date.parse(efficiencyFrom) <= startMs && startMs < Date.parse(efficiencyTo);
  return versions.findLast(holds) ?? null;
}

/**
 * Traces discharges of a device to parts of its charges (METHOD 3.6). A discharge draws only on
 * charges that ended before or at its start, in the order of their start, then record id; inside a
 * charge what is certified comes first, by device and range of the cancelled certificate.
 *
 * @param parts       What is left of each charge, in any order.
 * @param discharges  Those that were not traced yet, in order of start.
 * @param terms       Terms of each discharge, in the same order.
 */
export function traceDischarges(
  parts: readonly ChargePart[],
  discharges: readonly StorageRecord[],
  terms: readonly StorageTerms[],
): StorageRun {
  const ordered = parts.toSorted(compareParts);
  const allocations: TracedAllocation[] = [];
  let open: OpenCharge[] = [];
  let admitted = 0;
  let lastEndMs = -Infinity;
  discharges.forEach((discharge, at) => {
    assert(!discharge.isCharging && discharge.startMs >= lastEndMs, 'storage: in order');
    lastEndMs = discharge.endMs;
    while (admitted < ordered.length && ordered[admitted]!.record.endMs <= discharge.startMs) {
      open.push({ id: String(admitted), leftWh: ordered[admitted]!.leftWh });
      admitted += 1;
    }
    const { method, efficiency } = terms[at]!;
    const drawn = drawDischarge(
      { id: discharge.recordId, wh: discharge.wh },
      { open, efficiency: shareOf(efficiency), method },
    );
    for (const { chargeId, chargeWh, dischargeWh } of drawn) {
      const part = ordered[Number(chargeId)]!;
      allocations.push({ discharge, part, terms: terms[at]!, chargeWh, dischargeWh });
    }
    open = open.filter(({ leftWh }) => leftWh > 0);
  });
  const sum = (of: (allocation: TracedAllocation) => number): number =>
    sumWattHours(allocations.map(of));
  const dischargeWh = sumWattHours(discharges.map(({ wh }) => wh));
  const tracedWh = sum((one) => one.dischargeWh);
  assert(tracedWh <= dischargeWh, 'storage: no discharge is traced twice');
  return {
    allocations,
    dischargeWh,
    certifiedWh: sum(({ part, dischargeWh: wh }) => (part.backing === null ? 0 : wh)),
    unbackedWh: dischargeWh - tracedWh,
    lossWh: sum(({ chargeWh }) => chargeWh) - tracedWh,
  };
}

function compareParts(a: ChargePart, b: ChargePart): number {
  const byRecord =
    a.record.startMs - b.record.startMs || compareIds(a.record.recordId, b.record.recordId);
  if (byRecord !== 0) return byRecord;
  if (a.backing === null || b.backing === null) {
    return Number(a.backing === null) - Number(b.backing === null);
  }
  return (
    compareIds(a.backing.facts.device_id, b.backing.facts.device_id) ||
    a.backing.rangeStart - b.backing.rangeStart ||
    compareIds(a.backing.bundleId, b.backing.bundleId)
  );
}

/** Domain of sealed storage records. */
export const STORAGE_RECORD_DOMAIN = 'mizan/row/storage-record/1';

/** Canonical row of a storage record, as an event seals it. */
export function storageRecordRow(record: StorageRecord): string {
  const { startMs, endMs, ...rest } = record;
  const span = { start: formatInstant(startMs), end: formatInstant(endMs) };
  return sealedJson(STORAGE_RECORD_DOMAIN, { ...rest, ...span });
}

/** An allocation as it is kept (METHOD 3.1, allocated storage record). */
export interface KeptAllocation {
  readonly allocationId: string;
  readonly dischargeId: string;
  readonly chargeId: string;
  /** The cancelled bundle; null where none stands behind the charge. */
  readonly bundleId: string | null;
  readonly chargeWh: number;
  readonly dischargeWh: number;
  readonly termsCode: string;
  readonly termsVersion: number;
  /** The certificate that was issued for it; null where there is none. */
  readonly certificateId: string | null;
}

/** Canonical row of an allocation, as an event seals it. */
export function allocationRow(allocation: KeptAllocation): string {
  return sealedJson('mizan/row/storage-allocation/1', { ...allocation });
}
