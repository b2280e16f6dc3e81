import type { RowFault } from '../errors.js';
import { readVisibleText } from '../tabular/fields.js';

/** Columns of a certificate file that name the MWh certificate an hourly one was made from. */
export const MWH_COLUMNS = ['tracking_system', 'mwh_certificate'] as const;
/** One column. */
export type MwhColumn = (typeof MWH_COLUMNS)[number];

/** A MWh certificate, by its system and that system's id. */
export interface MwhReference {
  readonly trackingSystemCode: string;
  readonly mwhCertificateId: string;
}

/** A cancelled MWh certificate, and what of it has not become hourly certificates. */
export interface MwhSource extends MwhReference {
  readonly plantCode: string;
  /** Production, half-open, ms. */
  readonly startMs: number;
  readonly endMs: number;
  readonly leftWh: number;
}

/** Key of a MWh certificate. */
export function mwhKey({ trackingSystemCode, mwhCertificateId }: MwhReference): string {
  return JSON.stringify([trackingSystemCode, mwhCertificateId]);
}

/**
 * Reads which MWh certificate a row names: both columns or none.
 *
 * @returns Null where the row names none.
 */
export function readMwhReference(
  fields: Readonly<Partial<Record<MwhColumn, string>>>,
): MwhReference | RowFault<MwhColumn> | null {
  const { tracking_system: system = '', mwh_certificate: id = '' } = fields;
  if (system === '' && id === '') return null;
  const column = readVisibleText(system) === null ? 'mwh_certificate' : 'tracking_system';
  if (readVisibleText(system) !== null || readVisibleText(id) !== null) {
    return {
      column,
      rule: 'mwh.both_columns',
      detail: 'Tracking system and MWh certificate go together.',
      fix: 'Fill both columns, or neither.',
    };
  }
  return { trackingSystemCode: system, mwhCertificateId: id };
}

/**
 * Checks that an hourly certificate may be made from a MWh certificate (METHOD 3.7, configuration 3):
 * a known, cancelled one of the plant, whose production includes the interval, with enough left.
 *
 * @param source   Null where none is known; `leftWh` counts the rows before.
 * @returns        The rule that is broken; null where none is.
 */
export function mwhFault(
  one: {
    readonly plantCode: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly wh: number;
  },
  source: MwhSource | null,
): RowFault<MwhColumn> | null {
  const fault = (rule: string, detail: string, fix: string): RowFault<MwhColumn> => ({
    column: 'mwh_certificate',
    rule,
    detail,
    fix,
  });
  if (source === null) {
    return fault(
      'mwh.known',
      'No such MWh certificate was cancelled for conversion.',
      'Take in its cancellation first (imports/mwh-cancellations).',
    );
  }
  if (source.plantCode !== one.plantCode) {
    return fault('mwh.same_plant', `It is of ${source.plantCode}.`, 'Name one of the plant.');
  }
  if (one.startMs < source.startMs || one.endMs > source.endMs) {
    return fault(
      'mwh.includes_interval',
      'Its production does not include the interval.',
      'Name the one whose production does.',
    );
  }
  if (one.wh <= source.leftWh) return null;
  return fault(
    'mwh.enough_left',
    `Only ${source.leftWh} Wh of it have not become hourly certificates.`,
    'No more hourly certificates are made from a MWh than it holds.',
  );
}
