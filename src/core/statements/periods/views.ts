import { compareIds } from '../../text.js';
import { Decimal } from '../../units/money.js';
import { claimPct } from '../../units/ratio.js';

/** What a framework's rules come to. Unknown is never "no" (METHOD 5). */
export const VIEW_ANSWERS = ['pass', 'fail', 'cannot_determine'] as const;
/** One of them. */
export type ViewAnswer = (typeof VIEW_ANSWERS)[number];

/** Frameworks that the same figures are shown by. */
export const FRAMEWORKS = ['RE100', 'EnergyTag', 'UN-24/7-CFE'] as const;
/** One of them. */
export type Framework = (typeof FRAMEWORKS)[number];

/** One number of a view. */
export interface ViewLine {
  readonly line: string;
  /** Of a plant's line. */
  readonly plantCode: string | null;
  readonly value: number | string | null;
  readonly unit: 'Wh' | '%' | '';
}

/** The same figures by the rules of one framework. */
export interface View {
  readonly framework: Framework;
  /** Name and version of the rule set, for a reader to look up. */
  readonly ruleSet: string;
  readonly rule: string;
  readonly answer: ViewAnswer;
  readonly lines: readonly ViewLine[];
  /** What would have to be known; empty unless nothing can be determined. */
  readonly missing: readonly string[];
  readonly leavesOut: readonly string[];
}

/** A plant's instruments in a period. */
export interface ViewPlant {
  readonly plantCode: string;
  readonly technology: string;
  /** `YYYY-MM-DD`. */
  readonly commissionedOn: string;
  /** Wh that count in the 2015 figure of the period. */
  readonly countedWh: number;
  /** Wh matched in their hour, where the instruments are applied. */
  readonly matchedWh: number;
  readonly trackingSystems: readonly string[];
  /** Longest production interval of its certificates, minutes; 0 without any. */
  readonly longestMinutes: number;
  /** Whether it was commissioned on or after the first day that its contract holds. */
  readonly isUnderContract: boolean;
}

/** What the views are made from. */
export interface ViewInputs {
  readonly loadWh: number;
  readonly boundaries: readonly string[];
  /** First civil day of the period. */
  readonly from: string;
  readonly plants: readonly ViewPlant[];
  /** Wh of counted instruments that are reserved, and not yet cancelled for the reporter. */
  readonly notCancelledWh: number;
  readonly fullyMatchedHours: number;
  readonly loadedHours: number;
  /** `(Σ matched + Σ residual × grid share) / Σ load`, six decimals; null without load. */
  readonly scorePct: string | null;
  /** Residual Wh of hours whose grid share nobody publishes. */
  readonly gridUnknownWh: number;
}

const RENEWABLE: readonly string[] = ['solar_pv', 'wind_turbine', 'hydro'];
/** RE100 technical criteria, from 2024-01-01: years since commissioning, and what is exempt. */
const RE100_YEARS = 15;
const RE100_EXEMPT_SHARE = '0.15';
const CANCELLATION = 'cancellation for the reporter of what is only reserved';

const sum = (plants: readonly ViewPlant[], of: (plant: ViewPlant) => number): number =>
  plants.reduce((total, plant) => total + of(plant), 0);
const pct = (part: number, whole: number): string | null =>
  claimPct(new Decimal(part), new Decimal(whole));

/**
 * A period's figures by the rules of RE100, of EnergyTag's hourly certificates and of the UN 24/7 Carbon-free
 * Energy Compact (METHOD 5): the same Wh, each with what it counts and what it leaves out.
 */
export function viewsOf(inputs: ViewInputs): readonly View[] {
  const plants = inputs.plants.toSorted((a, b) => compareIds(a.plantCode, b.plantCode));
  return [
    re100({ ...inputs, plants }),
    energyTag({ ...inputs, plants }),
    un247({ ...inputs, plants }),
  ];
}

/** Volumes by instrument of the same year; old plants count up to the exemption. */
function re100({ loadWh, from, plants, notCancelledWh }: ViewInputs): View {
  const oldest = `${Number(from.slice(0, 4)) - RE100_YEARS}${from.slice(4)}`;
  const known = plants.filter(({ technology }) => RENEWABLE.includes(technology));
  const young = known.filter(({ commissionedOn }) => commissionedOn >= oldest);
  const old = known.filter(({ commissionedOn }) => commissionedOn < oldest);
  const unknown = plants.filter(
    ({ technology, countedWh }) => !RENEWABLE.includes(technology) && countedWh > 0,
  );
  const exemptWh = new Decimal(loadWh).times(RE100_EXEMPT_SHARE).floor().toNumber();
  const oldWh = sum(old, ({ countedWh }) => countedWh);
  const countedWh = Math.min(
    loadWh,
    sum(young, (plant) => plant.countedWh) + Math.min(oldWh, exemptWh),
  );
  const isWhole = loadWh > 0 && countedWh === loadWh;
  const otherWh = sum(unknown, (plant) => plant.countedWh);
  const missing = [
    ...(notCancelledWh > 0 && isWhole ? [CANCELLATION] : []),
    ...(otherWh > 0 && countedWh + otherWh >= loadWh && !isWhole
      ? ['whether the energy source of storage and of other plants is renewable']
      : []),
  ];
  return {
    framework: 'RE100',
    ruleSet: 'RE100 technical criteria, with the limit of 15 years from 2024-01-01',
    rule: 'Renewable Wh of the same reporting period over consumption, at most all of it; plants commissioned more than 15 years before the period count up to 15 % of consumption.',
    answer: answerOf(isWhole, missing, loadWh),
    lines: [
      ...known.map((plant) => whLine('counted', plant.countedWh, plant.plantCode)),
      whLine('olderThan15Years', oldWh),
      whLine('eligible', countedWh),
      pctLine('share', pct(countedWh, loadWh)),
    ],
    missing,
    leavesOut: [
      'the hour of generation: volumes of the period are compared',
      'storage, and plants whose source is not renewable or not known',
      'repowering: nobody records it, so a plant is as old as its commissioning',
    ],
  };
}

/** Hourly certificates, matched in their hour, from tracking systems that are named. */
function energyTag({ loadWh, plants, notCancelledWh, ...of }: ViewInputs): View {
  const hourly = plants.filter(({ longestMinutes }) => longestMinutes <= 60);
  const matchedWh = sum(hourly, (plant) => plant.matchedWh);
  const isWhole = loadWh > 0 && matchedWh === loadWh;
  const missing = notCancelledWh > 0 && isWhole ? [CANCELLATION] : [];
  return {
    framework: 'EnergyTag',
    ruleSet: 'EnergyTag GC Scheme Standard v2 and GC Matching Standard (March 2024)',
    rule: 'Wh of certificates of at most an hour that were matched in the hour of their production, in one market, by a tracking system with ids of its own.',
    answer: answerOf(isWhole, missing, loadWh),
    lines: [
      ...hourly.map((plant) => whLine('matched', plant.matchedWh, plant.plantCode)),
      ...hourly.map(({ plantCode, trackingSystems }) => ({
        line: 'trackingSystem',
        plantCode,
        value: trackingSystems.join(', ') || null,
        unit: '' as const,
      })),
      whLine('matched', matchedWh),
      pctLine('share', pct(matchedWh, loadWh)),
      pctLine('hoursFullyMatched', pct(of.fullyMatchedHours, of.loadedHours)),
    ],
    missing,
    leavesOut: ['what the grid gave', 'surplus, cancelled or not: it is of another hour'],
  };
}

/** The score with grid credit, and how much came from plants that the contract brought about. */
function un247({ loadWh, plants, scorePct, gridUnknownWh, boundaries }: ViewInputs): View {
  const isWhole = scorePct !== null && new Decimal(scorePct).equals(100);
  const missing =
    gridUnknownWh > 0 && !isWhole ? ['the carbon-free share of the grid in every hour'] : [];
  const newWh = sum(
    plants.filter(({ isUnderContract }) => isUnderContract),
    ({ matchedWh }) => matchedWh,
  );
  const matchedWh = sum(plants, (plant) => plant.matchedWh);
  return {
    framework: 'UN-24/7-CFE',
    ruleSet: 'UN 24/7 Carbon-free Energy Compact; score after Google (2021), with grid credit',
    rule: '(Σ matched + Σ residual × carbon-free share of the grid) / Σ consumption, hour by hour; beside it what plants commissioned under the contract gave, and the market boundary.',
    answer: answerOf(isWhole, missing, loadWh),
    lines: [
      pctLine(
        'score',
        scorePct === null ? null : new Decimal(scorePct).toFixed(2, Decimal.ROUND_DOWN),
      ),
      whLine('gridShareUnknown', gridUnknownWh),
      whLine('matchedFromNewPlants', newWh),
      pctLine('shareFromNewPlants', pct(newWh, matchedWh)),
      { line: 'boundary', plantCode: null, value: boundaries.join(', '), unit: '' },
    ],
    missing,
    leavesOut: ['surplus of any hour', 'emissions: the score is of energy'],
  };
}

/** Where the rule is kept but something is not known, nothing can be determined; without load neither. */
function answerOf(isWhole: boolean, missing: readonly string[], loadWh: number): ViewAnswer {
  if (loadWh === 0 || missing.length > 0) return 'cannot_determine';
  return isWhole ? 'pass' : 'fail';
}

const whLine = (line: string, value: number, plantCode: string | null = null): ViewLine => ({
  line,
  plantCode,
  value,
  unit: 'Wh',
});
const pctLine = (line: string, value: string | null): ViewLine => ({
  line,
  plantCode: null,
  value,
  unit: '%',
});
