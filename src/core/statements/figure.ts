import type { Canonical } from '../ledger/canonical.js';

/** What a figure came from: a thing of the ledger that can be looked up. */
export interface SourceRef {
  readonly kind:
    | 'matching-run'
    | 'interval-block'
    | 'certificate-import'
    | 'plant'
    | 'factor'
    | 'contract'
    | 'tenant'
    | 'vat-rate';
  /**
   * Codes carry their version (`PPA-1@2`); blocks are `meter/utc-day/revision`, a span of days at one
   * revision `meter/first..last/revision`.
   */
  readonly id: string;
}

/** The hourly series that a figure sums; `trace` walks down along it. */
export type Measure = 'load' | 'generation' | 'matched' | 'residual' | 'excess';

/** One number of a statement, with how it was made and what from. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  /** Whole Wh as a number, anything else as decimal text; null = not applicable. */
  readonly value: number | string | null;
  readonly unit: string;
  readonly formula: string;
  readonly measure: Measure;
  /** Plant that the figure is about; null for the whole site. */
  readonly plantCode: string | null;
  readonly sources: readonly SourceRef[];
}

/** A figure as canonical JSON holds it. */
export function figureJson(figure: Figure): Canonical {
  return { ...figure, sources: figure.sources.map(({ kind, id }) => ({ kind, id })) };
}
