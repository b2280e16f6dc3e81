import type { Canonical } from '../../../core/ledger/canonical.js';
import type { InstrumentClass } from '../../../core/statements/criteria.js';
import type { PeriodFigures, SitePart } from '../../../core/statements/periods/period-figures.js';
import { sumsJson } from '../../../core/statements/periods/period-json.js';
import { compareIds } from '../../../core/text.js';
import { Decimal } from '../../../core/units/money.js';
import type { Site } from '../../assets/assets.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { residualMixSaid } from '../carbon-factors.service.js';
import type { PeriodInputs } from './period-inputs.service.js';

/** Each site with what it comes to, exact; the parts sum to the whole. */
export function sitesJson(
  sites: readonly Site[],
  views: readonly MonthView[],
  parts: readonly SitePart[],
): Canonical {
  return sites.flatMap((site) => {
    const part = parts.find(({ siteCode }) => siteCode === site.code);
    if (part === undefined) return [];
    const meters = views
      .filter((view) => view.site.code === site.code)
      .flatMap((view) => view.meters.map(({ code }) => code));
    const { code, version, name, boundary, deliveryPoint } = site;
    const meterCodes = [...new Set(meters)].toSorted(compareIds);
    const figures = sumsJson(part.sums);
    return [{ code, version, name, boundary, deliveryPoint, meterCodes, figures }];
  });
}

/** The eight answers of a class, with the months that they are of. */
export function criteriaJson({
  instrumentClass,
  isApplied,
  answers,
  months,
}: InstrumentClass & { readonly months: readonly string[] }): Canonical {
  return {
    instrumentClass,
    isApplied,
    months: [...months],
    answers: answers.map(({ criterion, answer, evidence }) => ({ criterion, answer, evidence })),
  };
}

/** What of the surplus was cancelled for the reporter, and what of that counts (METHOD 6.1). */
export function surplusJson({ surplus }: PeriodFigures): Canonical {
  return { ...surplus };
}

const mwhText = (wh: number): string => new Decimal(wh).dividedBy(1_000_000).toFixed();

/** What a reader of a period's figures must know. */
export function disclosuresOf(
  { surplus }: PeriodFigures,
  { factors, of, months }: PeriodInputs,
): string[] {
  const notApplied = months.filter(({ part }) => !part.areInstrumentsApplied);
  const names = notApplied.map(({ part }) => `${part.siteCode} ${part.month}`);
  return [
    'PRELIMINARY: a month of the period is not closed. What is matched is reserved; it is cancelled at close.',
    ...residualMixSaid(factors[of.residualMix]!),
    ...(names.length === 0
      ? []
      : [
          `A quality criterion is not met: the certificates of ${names.join(', ')} count in no market-based figure (see the criteria).`,
        ]),
    `Surplus not cancelled: ${mwhText(surplus.notCancelledWh)} MWh; it is in no figure of emissions.`,
    ...(surplus.beyondNeedWh === 0
      ? []
      : [`Cancelled beyond need: ${mwhText(surplus.beyondNeedWh)} MWh; it is counted nowhere.`]),
    'The hourly market-based figures are an additional, proposed method.',
    'The market-based figure of the 2015 Guidance uses the volumes and the mean factor of the period; it is not the sum of its months.',
    'No certificate of one site counts at another.',
    'Missing and incomplete meter-hours are in no figure; they are counted in the data-quality line.',
  ];
}
