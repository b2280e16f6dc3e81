import { entriesOf, type Move, POSTING_DOMAIN } from '../ledger/postings.js';

/** What a step of a trace is of. */
export const TRACE_STEPS = [
  'file',
  'block',
  'certificate',
  'match',
  'settlement',
  'factor',
  'carbon',
  'intervention',
] as const;
/** One of them. */
export type TraceStepKind = (typeof TRACE_STEPS)[number];

/** A row of an event, or the event itself where nothing of it is a row. */
export interface LedgerPlace {
  readonly eventId: string;
  /** Index of the row in its event; null for the event. */
  readonly row: number | null;
}

/** The place of a row. */
export const rowOf = (eventId: string, row: number): LedgerPlace => ({ eventId, row });

/** One step from a sampled item down to what it rests on, or up to what rests on it. */
export interface TraceStep {
  readonly step: TraceStepKind;
  /** In the words of the ledger: `HALL-A, 2026-10-14, revision 1`. */
  readonly what: string;
  /** What of the item it is about, Wh; null where that is none. */
  readonly wh: number | null;
  readonly place: LedgerPlace;
  /** Line of a file as it was received; null for what no file brought. */
  readonly file: {
    readonly fileName: string;
    /** Lower-case hex. */
    readonly fileSha256: string;
    readonly line: number;
  } | null;
}

/** Where a step stands in the log. */
export interface PlacedStep extends TraceStep {
  readonly seq: number;
  /** Name of its proof among those of the sample. */
  readonly proof: string;
}

/** Name of the proof of a row, or of an event. */
export const proofName = (seq: number, row: number | null): string =>
  row === null ? `proofs/${seq}.json` : `proofs/${seq}-${row}.tlog-proof`;

/** What an hour of a trace is about: a meter, a certificate, or all of the hour. */
export interface TracedAbout {
  readonly meterCode?: string;
  readonly certificateId?: string;
}

/** Which plant covered which meter in an hour, and what was there. */
interface HourPairs {
  readonly pairs: readonly {
    readonly plantCode: string;
    readonly meterCode: string;
    readonly wh: number;
  }[];
  readonly meters: readonly { readonly meterCode: string }[];
  readonly certificates: readonly {
    readonly certificateId: string;
    readonly plantCode: string;
    readonly matchedWh: number;
  }[];
}

/** Which meters and certificates of an hour belong to what is asked: with a meter its certificates, and the other way. */
export function coveredBy(
  { pairs, meters, certificates }: HourPairs,
  { meterCode, certificateId }: TracedAbout,
): { readonly meters: ReadonlySet<string>; readonly certificates: ReadonlySet<string> } {
  if (meterCode !== undefined) {
    const plants = new Set(
      pairs.filter((one) => one.meterCode === meterCode && one.wh > 0).map((one) => one.plantCode),
    );
    const own = certificates.filter((one) => plants.has(one.plantCode) && one.matchedWh > 0);
    return {
      meters: new Set([meterCode]),
      certificates: new Set(own.map((one) => one.certificateId)),
    };
  }
  if (certificateId !== undefined) {
    const { plantCode } = certificates.find((one) => one.certificateId === certificateId)!;
    const covered = pairs.filter((one) => one.plantCode === plantCode && one.wh > 0);
    return {
      meters: new Set(covered.map((one) => one.meterCode)),
      certificates: new Set([certificateId]),
    };
  }
  return {
    meters: new Set(meters.map((one) => one.meterCode)),
    certificates: new Set(
      certificates.filter(({ matchedWh }) => matchedWh > 0).map((one) => one.certificateId),
    ),
  };
}

const MATCH_MOVES = new Set<string>([
  'match_supply',
  'unmatch_supply',
  'match_demand',
  'unmatch_demand',
]);

/** Entries of a match in a sealed row: of a block of postings, or of a single one. */
export function matchedIn(row: Readonly<Record<string, unknown>>): readonly {
  readonly move: string;
  readonly subject: { readonly name: string; readonly hourMs: number };
  readonly wh: number;
}[] {
  const move = row['move'];
  if (typeof move !== 'string' || !MATCH_MOVES.has(move)) return [];
  if (row['@'] !== POSTING_DOMAIN) {
    const { subject, hour, wh } = row as { readonly subject: string; hour: string; wh: number };
    return [{ move, subject: { name: subject, hourMs: Date.parse(hour) }, wh }];
  }
  const { start, subjects, wh } = row as unknown as {
    readonly start: string;
    readonly subjects: readonly string[];
    readonly wh: readonly number[];
  };
  const block = { move: move as Move, startMs: Date.parse(start), subjects, wh };
  return entriesOf(block).map((entry) => ({
    move,
    subject: { name: entry.subject, hourMs: entry.hourMs },
    wh: entry.wh,
  }));
}
