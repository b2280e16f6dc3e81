import type { RowFault } from '../errors.js';
import { readVisibleText } from '../tabular/fields.js';
import { parseInstant } from '../time/interval.js';

/** Columns of a file of cancelled MWh certificates. */
export const SOURCE_FIELDS = [
  ...(['tracking_system', 'mwh_certificate', 'plant', 'start', 'end'] as const),
  ...(['mwh', 'cancelled_on', 'proof'] as const),
] as const;
/** One column. */
export type SourceField = (typeof SOURCE_FIELDS)[number];

/** A MWh certificate that was cancelled for conversion, as a file states it. */
export interface StatedSource {
  readonly trackingSystemCode: string;
  readonly mwhCertificateId: string;
  readonly plantCode: string;
  /** Production, half-open, ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly mwh: number;
  /** Civil day. */
  readonly cancelledOn: string;
  /** What proves the cancellation. */
  readonly proof: string;
}

const MWH_MAX = 1_000_000;

/**
 * Checks a row of a file of cancelled MWh certificates (METHOD 3.7, configuration 3).
 *
 * @param known  Codes that the row may name.
 * @returns      The certificate, or the first rule that the row breaks.
 */
export function readSourceRow(
  fields: Readonly<Record<SourceField, string>>,
  known: { readonly plantCodes: readonly string[]; readonly systemCodes: readonly string[] },
): StatedSource | RowFault<SourceField> {
  const fault = (
    column: SourceField,
    rule: string,
    [detail, fix]: readonly [string, string],
  ): RowFault<SourceField> => ({ column, rule, detail, fix });
  if (!known.systemCodes.includes(fields.tracking_system)) {
    const say = ['There is no such tracking system.', 'Create it, or correct its code.'] as const;
    return fault('tracking_system', 'tracking_system.known', say);
  }
  if (!known.plantCodes.includes(fields.plant)) {
    const say = ['There is no such plant.', 'Create it, or correct its code.'] as const;
    return fault('plant', 'plant.known', say);
  }
  for (const column of ['mwh_certificate', 'proof'] as const) {
    const wrong = readVisibleText(fields[column]);
    if (wrong !== null) return { column, ...wrong };
  }
  const [startMs, endMs] = [parseInstant(fields.start), parseInstant(fields.end)];
  if (startMs === null || endMs === null || endMs <= startMs) {
    const column = startMs === null ? 'start' : 'end';
    const say = [
      'Not two instants with an explicit offset, the end after the start.',
      'Write them as 2026-10-01T00:00:00Z.',
    ] as const;
    return fault(column, 'period.two_instants', say);
  }
  const mwh = /^\d{1,7}$/.test(fields.mwh) ? Number(fields.mwh) : 0;
  if (mwh < 1 || mwh > MWH_MAX) {
    const say = ['Not a whole number of MWh from 1 to 1,000,000.', 'Write whole MWh.'] as const;
    return fault('mwh', 'energy.whole_mwh', say);
  }
  const cancelledMs = parseInstant(`${fields.cancelled_on}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(fields.cancelled_on) || cancelledMs === null) {
    const say = ['Not a day.', 'Write it as 2026-10-01.'] as const;
    return fault('cancelled_on', 'day.written_out', say);
  }
  return {
    trackingSystemCode: fields.tracking_system,
    mwhCertificateId: fields.mwh_certificate,
    plantCode: fields.plant,
    startMs,
    endMs,
    mwh,
    cancelledOn: fields.cancelled_on,
    proof: fields.proof,
  };
}
