/** What a carbon statement of a period says beside what one of a month does, in English. */
export const PERIODS_EN = {
  'period.month': '{month}',
  'period.quarter': 'Quarter {quarter} of {year}',
  'period.calendar_year': 'Year {year}',
  'period.reporting_year': 'Reporting year {name}, {from} to {to}',
  'period.status.text':
    'This statement is preliminary: its figures can still change before its months are closed. Do not publish or book them.',
  'period.allSites': '{name} ({code}), all sites',
  'period.months': 'Months',
  'period.months.text':
    '{from} to {to}; {count, plural, one {# matched month} other {# matched months}}',
  'section.sumOfMonths': 'Months against the period',
  'section.sites': 'Site by site',
  'section.views': 'The same figures by other rules',
  'section.matchedMonths': 'Matching runs of the months',
  'table.sumOfMonths': 'Sum of the months, and the period',
  'table.sites': 'Sites',
  'table.views': 'Views',
  'table.view.lines': 'Lines of the views',
  'table.effects': 'What estimates change',
  'table.methods': 'Estimated intervals',
  'table.matchedMonths': 'Months',
  'table.changedMonths': 'Months that changed',
  'column.month': 'Month',
  'column.site': 'Site',
  'column.monthsStated': 'Months',
  'column.period': 'Period',
  'column.difference': 'Difference',
  'column.because': 'Why',
  'column.run': 'Matching run',
  'column.runBefore': 'Run before',
  'column.runAfter': 'Run now',
  'column.figures': 'Figures',
  'column.framework': 'Framework',
  'column.rule': 'Rule',
  'column.leavesOut': 'Leaves out',
  'column.missing': 'To be known',
  'column.method': 'Method',
  'column.intervals': 'Intervals',
  'column.withoutEstimates': 'Without estimates',
  'column.effect': 'Effect',
  'column.surplusCancelled': 'Surplus cancelled, MWh',
  'column.cancelledMatched': 'Matched and cancelled, MWh',
  'column.locationT': 'Location-based, t',
  'column.market2015T': 'Market-based, t',
  'chart.periodMonths': 'Months of the period',
  'chart.periodMonths.caption':
    'Matched and residual consumption, MWh, by the matching run of each month that the statement rests on. Above each bar: energy-weighted CFE.',
  'because.2015':
    'Surplus of some months is applied to others, and the mean factor is that of the period.',
  'period.views.text':
    'The energy is the same in every view; each says by which rule it counts and what it leaves out. What is not known is never a no.',
  'period.sites.text':
    'Sites are stated exactly, before rounding, and sum to the whole. No certificate of one site counts at another.',
  'view.RE100': 'RE100',
  'view.EnergyTag': 'EnergyTag, hourly certificates',
  'view.UN-24/7-CFE': 'UN 24/7 Carbon-free Energy Compact',
  'view.answer.pass': 'pass',
  'view.answer.fail': 'fail',
  'view.answer.cannot_determine': 'cannot be determined',
  'view.rule.RE100':
    'Renewable energy of the same period over consumption, at most all of it; plants older than 15 years when it begins count up to 15 % of consumption.',
  'view.rule.EnergyTag':
    'Certificates of at most an hour that were matched in the hour of their production, in one market.',
  'view.rule.UN-24/7-CFE':
    '(Σ matched + Σ residual × carbon-free share of the grid) ÷ Σ consumption, hour by hour.',
  'view.leavesOut.RE100':
    'The hour of generation; storage, and plants whose source is not renewable or not known; repowering, which nobody records.',
  'view.leavesOut.EnergyTag': 'What the grid gave; surplus, which is of another hour.',
  'view.leavesOut.UN-24/7-CFE': 'Surplus of any hour; emissions, for the score is of energy.',
  'view.missing.cancellation': 'Cancellation for the reporter of what is only reserved',
  'view.missing.source': 'Whether storage and other plants are renewable',
  'view.missing.gridShare': 'The carbon-free share of the grid in every hour',
  'view.line.counted': 'Counted',
  'view.line.olderThan15Years': 'Of plants older than 15 years',
  'view.line.eligible': 'Eligible',
  'view.line.share': 'Share',
  'view.line.matched': 'Matched in its hour',
  'view.line.trackingSystem': 'Tracking system',
  'view.line.hoursFullyMatched': 'Hours fully matched',
  'view.line.score': 'CFE score, with grid credit',
  'view.line.gridShareUnknown': 'Residual without a known grid share',
  'view.line.matchedFromNewPlants': 'Matched from plants in service since the contract',
  'view.line.shareFromNewPlants': 'Their share of what was matched',
  'view.line.boundary': 'Market boundary',
  'estimate.EST_LINEAR': 'Straight line',
  'estimate.EST_HIST': 'Like days, counter, or energy of a neighbour',
  'exclusion.monthBeforeFirstReading': '{month}, before the first reading of the site',
  'check.months_sum_to_period': 'The months sum to the period, or the line says why not',
  'check.sites_sum_to_total': 'The sites sum to the whole',
  'check.counted_is_certified': 'No more counts of a plant than its certificates allow',
  'check.root_is_the_ledgers': 'The root before it is that of the log that was signed',
  'evidence.contract_certificates.3.met':
    'Cancelled or claimed for {beneficiary}; the acts stand in the log.',
  'note.preliminaryPeriod':
    'PRELIMINARY: a month of the period is not closed. What is matched is reserved; it is cancelled at close.',
  'note.notAppliedIn':
    'A quality criterion is not met: the certificates of {mark} count in no market-based figure (see the criteria).',
  'note.beyondNeed': 'Cancelled beyond need: {mark} MWh; it is counted nowhere.',
  'note.period2015':
    'The market-based figure of the 2015 Guidance uses the volumes and the mean factor of the period; it is not the sum of its months.',
  'note.sites': 'No certificate of one site counts at another.',
  'period.volumetricPct': 'Coverage, volumetric',
  'period.volumetricPct.is': 'Σ generation ÷ Σ consumption: the volume of the period, not hourly.',
  'period.marketBased2015T': 'Scope 2, market-based',
  'period.marketBased2015T.is':
    'Guidance 2015: what counts × the factor of its instrument, and the rest of the consumption × the mean residual mix of the period. Volumes of the period.',
  'period.marketBased2015T.is.grid':
    'Guidance 2015: what counts × the factor of its instrument, and the rest of the consumption × the mean grid average of the period, which stands in for a residual mix. Volumes of the period.',
  'period.surplusCancelledWh': 'Surplus cancelled for the reporter',
  'period.surplusCancelledWh.is':
    'Certificates cancelled or claimed for the reporter beyond what was matched.',
  'period.surplusCountedWh': 'Of it, counted',
  'period.surplusCountedWh.is':
    'In the market-based figure: at most the consumption that no matched certificate covers.',
  'period.cancelledBeyondNeedWh': 'Of it, cancelled beyond need',
  'period.cancelledBeyondNeedWh.is': 'Cancelled, and more than was used: counted nowhere.',
  'period.surplusNotCancelledWh': 'Surplus not cancelled',
  'period.surplusNotCancelledWh.is': 'Excess that nobody cancelled: in no figure of emissions.',
} as const;

/** Keys of `PERIODS_EN`, which every language has. */
export type PeriodKey = keyof typeof PERIODS_EN;
