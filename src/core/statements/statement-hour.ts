/** One hour of the site with its grid. All Wh at the delivery point. */
export interface StatementHour {
  readonly hourMs: number;
  /** Σ of complete, billable meter-hours. */
  readonly loadWh: number;
  /** Part of `loadWh` that is estimated. */
  readonly estimatedLoadWh: number;
  /** Σ of certified generation. */
  readonly generationWh: number;
  /** Σ of what the ledger matched. */
  readonly matchedWh: number;
  readonly gridFactorMgPerKwh: number;
  /** Null where no grid share is known: it then counts 0 and the Wh are reported. */
  readonly gridCfePpm: number | null;
  /** Null where no residual mix is published: the grid average stands in, and is disclosed. */
  readonly residualMixMgPerKwh: number | null;
  readonly fossilMgPerKwh: number;
}

/** One plant over the month. */
export interface StatementPlant {
  readonly plantCode: string;
  readonly generationWh: number;
  readonly matchedWh: number;
  /** Direct factor of the instrument, mg CO2e/kWh. */
  readonly directFactorMgPerKwh: number;
}
