/** Names and definitions of the figures of every kind of statement, in English. */
export const FIGURES_EN = {
  'carbon.loadWh': 'Consumption',
  'carbon.loadWh.is': 'Sum of the complete and billable meter-hours of the site.',
  'carbon.generationWh': 'Contracted generation, certified',
  'carbon.generationWh.is': 'Sum of the certificates of the contracted plants that may be matched.',
  'carbon.matchedWh': 'Matched, hour by hour',
  'carbon.matchedWh.is':
    'Sum over the hours of what was matched: at most the lesser of consumption and generation of the hour.',
  'carbon.residualWh': 'Residual, from the grid',
  'carbon.residualWh.is': 'Sum over the hours of consumption less matched.',
  'carbon.excessWh': 'Excess generation',
  'carbon.excessWh.is':
    'Sum over the hours of generation less matched. It never counts in another hour.',
  'carbon.matchedWh.plant': 'Matched from {plant}',
  'carbon.matchedWh.plant.is': 'The part of the matched energy that certificates of {plant} cover.',
  'carbon.contractedCfePct': 'Energy-weighted CFE',
  'carbon.contractedCfePct.is':
    'Σ matched ÷ Σ consumption, over all hours. Cut to two decimals, never rounded up.',
  'carbon.contractedCfeEnginePct': 'Energy-weighted CFE, six decimals',
  'carbon.contractedCfeEnginePct.is':
    'Σ matched ÷ Σ consumption, rounded once to six decimals: for comparison, not a claim.',
  'carbon.hoursFullyMatchedPct': 'Hours fully matched',
  'carbon.hoursFullyMatchedPct.is':
    'Hours with consumption and no residual ÷ hours with consumption. Cut to two decimals. Hours without consumption are not applicable.',
  'carbon.hoursFullyMatched': 'Hours fully matched, count',
  'carbon.hoursFullyMatched.is': 'Number of hours with consumption and no residual.',
  'carbon.timeAveragedPct': 'Coverage, time-averaged',
  'carbon.timeAveragedPct.is':
    'Mean over the hours with consumption of matched ÷ consumption. Never the score.',
  'carbon.volumetricPct': 'Coverage, volumetric',
  'carbon.volumetricPct.is': 'Σ generation ÷ Σ consumption: the volume of the month, not hourly.',
  'carbon.gridCfeWh': 'Carbon-free energy taken from the grid',
  'carbon.gridCfeWh.is': 'Sum over the hours of residual × carbon-free share of the grid.',
  'carbon.gridCfeUnknownWh': 'Residual without a known grid share',
  'carbon.gridCfeUnknownWh.is':
    'Sum of the residual of hours for which no share is published; it counts as zero.',
  'carbon.cfeScorePct': 'CFE with grid credit',
  'carbon.cfeScorePct.is':
    '(Σ matched + Σ residual × carbon-free share of the grid) ÷ Σ consumption.',
  'carbon.contractedCfeWithoutEstimatesPct': 'Energy-weighted CFE without estimates',
  'carbon.contractedCfeWithoutEstimatesPct.is':
    'The same with estimated consumption left out. Cut to two decimals.',
  'carbon.locationBasedT': 'Scope 2, location-based',
  'carbon.locationBasedT.is': 'Sum over the hours of consumption × grid average factor.',
  'carbon.marketBased2015T': 'Scope 2, market-based',
  'carbon.marketBased2015T.is':
    'Guidance 2015: certificates × their factor, and the rest of the consumption × residual mix. Volumes of the month.',
  'carbon.marketBased2015T.is.grid':
    'Guidance 2015: certificates × their factor, and the rest of the consumption × grid average, which stands in for a residual mix. Volumes of the month.',
  'carbon.marketHourlyT': 'Scope 2, hourly market-based, residual mix',
  'carbon.marketHourlyT.is':
    'Additional, proposed method: hour by hour, matched × factor of the instrument and residual × residual mix.',
  'carbon.marketHourlyT.is.grid':
    'Additional, proposed method: hour by hour, matched × factor of the instrument and residual × grid average, which stands in for a residual mix.',
  'carbon.marketHourlyFossilT': 'Scope 2, hourly market-based, fossil',
  'carbon.marketHourlyFossilT.is':
    'Additional, proposed method: hour by hour, matched × factor of the instrument and residual × fossil factor.',
  'carbon.locationBasedWithoutEstimatesT': 'Scope 2, location-based, without estimates',
  'carbon.locationBasedWithoutEstimatesT.is': 'The same with estimated consumption left out.',
  'carbon.marketBased2015WithoutEstimatesT': 'Scope 2, market-based, without estimates',
  'carbon.marketBased2015WithoutEstimatesT.is': 'The same with estimated consumption left out.',
  'carbon.marketHourlyWithoutEstimatesT':
    'Scope 2, hourly market-based, residual mix, without estimates',
  'carbon.marketHourlyWithoutEstimatesT.is': 'The same with estimated consumption left out.',
  'carbon.marketHourlyFossilWithoutEstimatesT':
    'Scope 2, hourly market-based, fossil, without estimates',
  'carbon.marketHourlyFossilWithoutEstimatesT.is': 'The same with estimated consumption left out.',
  'tenant.loadWh': 'Consumption',
  'tenant.loadWh.is': 'Own meters and the share of the common ones.',
  'tenant.ownWh': 'Of own meters',
  'tenant.ownWh.is': 'Sum of the tenant’s own meters.',
  'tenant.commonWh': 'Share of common meters',
  'tenant.commonWh.is':
    'Sum over the hours of common × own ÷ all tenants’ own, odd Wh by largest remainder.',
  'tenant.matchedWh': 'Matched, hour by hour',
  'tenant.matchedWh.is': 'Sum over the hours of what was matched of the tenant’s consumption.',
  'tenant.residualWh': 'Not matched',
  'tenant.residualWh.is': 'Consumption less matched.',
  'tenant.coveragePct': 'Coverage, energy-weighted',
  'tenant.coveragePct.is': 'Matched ÷ consumption. Cut to two decimals, never rounded up.',
  'tenant.locationBasedKg': 'Location-based emissions',
  'tenant.locationBasedKg.is': 'Sum over the hours of consumption × grid average factor.',
  'tenant.marketHourlyKg': 'Hourly market-based emissions',
  'tenant.marketHourlyKg.is':
    'Additional, proposed method: residual × grid average and matched × factor of what covered it.',
  'tenant.kwhPerGpuHour': 'Consumption per GPU-hour',
  'tenant.kwhPerGpuHour.is': 'Consumption ÷ GPU-hours.',
  'tenant.matchedKwhPerGpuHour': 'Matched per GPU-hour',
  'tenant.matchedKwhPerGpuHour.is': 'Matched ÷ GPU-hours.',
  'tenant.locationBasedGPerGpuHour': 'Location-based per GPU-hour',
  'tenant.locationBasedGPerGpuHour.is': 'Location-based emissions ÷ GPU-hours.',
  'tenant.marketHourlyGPerGpuHour': 'Hourly market-based per GPU-hour',
  'tenant.marketHourlyGPerGpuHour.is': 'Hourly market-based emissions ÷ GPU-hours.',
  'billing.generationWh': 'Certified generation',
  'billing.generationWh.is': 'Sum of the certificates that the contract buys.',
  'billing.generationWh.plant': '{plant}: certified generation',
  'billing.generationWh.plant.is': 'Sum of the certificates that the contract buys.',
  'billing.deliveredWh.plant': '{plant}: delivered',
  'billing.deliveredWh.plant.is': 'Generation × (1 − loss factor).',
  'billing.netMad.plant': '{plant}: net',
  'billing.netMad.plant.is': 'Delivered MWh × strike price, rounded to the centime.',
  'billing.vatMad.plant': '{plant}: VAT',
  'billing.vatMad.plant.is': 'Net × VAT rate, rounded to the centime.',
  'billing.grossMad.plant': '{plant}: gross',
  'billing.grossMad.plant.is': 'Net and VAT.',
  'billing.totalNetMad': 'Total net',
  'billing.totalNetMad.is': 'Sum of the net of the lines.',
  'billing.totalVatMad': 'Total VAT',
  'billing.totalVatMad.is': 'Sum of the VAT of the lines.',
  'billing.totalGrossMad': 'Total gross',
  'billing.totalGrossMad.is': 'Sum of the gross of the lines.',
} as const;

/** Keys of `FIGURES_EN`, which every language has. */
export type FigureKey = keyof typeof FIGURES_EN;
