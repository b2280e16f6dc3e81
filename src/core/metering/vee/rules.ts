/** What a broken rule means for the readings. */
export type VeeSeverity = 'suspect' | 'gap' | 'warn' | 'escalate';

/** A parameter of a rule: a plain number; its unit is the end of its name. */
export type VeeThresholds = Readonly<Record<string, number>>;

/** One rule of validation: its number in METHOD 2.4, what it does, and its thresholds. */
export interface VeeRule {
  readonly title: string;
  readonly severity: VeeSeverity;
  /** Where the test and its default come from. */
  readonly basis: string;
  readonly defaults: VeeThresholds;
}

const P = 'project choice';

/**
 * The rules (METHOD 2.4 V1–V20; V21 is of METHOD 2.5, energy in a neighbour). V2 to V4 are tests of
 * files, and refuse them; they stand here for readings that come without a file.
 */
export const VEE_RULES = {
  V1: { title: 'completeness', severity: 'gap', basis: 'all schemes', defaults: {} },
  V2: { title: 'overlap', severity: 'suspect', basis: 'Oracle MDM', defaults: {} },
  V3: { title: 'off the grid', severity: 'suspect', basis: 'Oracle MDM, Elering', defaults: {} },
  V4: { title: 'unit or direction', severity: 'suspect', basis: 'Oracle MDM', defaults: {} },
  V5: {
    title: 'clock drift',
    severity: 'suspect',
    basis: 'California VEE 3.1',
    defaults: { warnS: 60, suspectS: 180 },
  },
  V6: {
    title: 'capacity',
    severity: 'suspect',
    basis: 'EnergyTag reference registry',
    defaults: { loadMargin: 1, generationMargin: 1.02 },
  },
  V7: {
    title: 'negative',
    severity: 'suspect',
    basis: 'Granular Registry whitepaper',
    defaults: {},
  },
  V8: {
    title: 'spike',
    severity: 'suspect',
    basis: 'Oracle spike check; California 180 %',
    defaults: { ratio: 1.8 },
  },
  V9: {
    title: 'register sum',
    severity: 'suspect',
    basis: 'California VEE 3.5; Oracle MDM',
    defaults: { unitWh: 1_000, units: 2, share: 0.001 },
  },
  V10: {
    title: 'flat line',
    severity: 'warn',
    basis: 'Itron, Oracle MDM',
    defaults: { loadHours: 12, generationHours: 3, isSteady: 0 },
  },
  V11: { title: 'zeros', severity: 'warn', basis: 'Oracle MDM', defaults: { hours: 1 } },
  V12: {
    title: 'night solar',
    severity: 'suspect',
    basis: P,
    defaults: { isSolar: 0, latitudeDeg: 33.5, longitudeDeg: -7.6, belowDeg: -6, share: 0.005 },
  },
  V13: {
    title: 'against its own history',
    severity: 'warn',
    basis: 'Oracle high/low',
    defaults: { share: 0.5 },
  },
  V14: {
    title: 'hour to hour',
    severity: 'warn',
    basis: 'Itron',
    defaults: { loadShare: 0.8, generationShare: 1 },
  },
  V15: { title: 'check meter', severity: 'warn', basis: 'IESO', defaults: { share: 0.005 } },
  V16: { title: 'sum of feeders', severity: 'warn', basis: P, defaults: { share: 0.01 } },
  V17: { title: 'long estimate', severity: 'escalate', basis: 'Oracle MDM', defaults: { days: 3 } },
  V18: {
    title: 'duplicated day',
    severity: 'suspect',
    basis: P,
    defaults: { daysBack: 35, distinctValues: 4 },
  },
  V19: {
    title: 'clock shift',
    severity: 'suspect',
    basis: P,
    defaults: { hours: 1, improvement: 0.5, swing: 0.1, days: 3 },
  },
  V20: { title: 'meter swap', severity: 'warn', basis: P, defaults: { share: 0.5, days: 3 } },
  V21: {
    title: 'catch-up',
    severity: 'suspect',
    basis: P,
    defaults: { least: 0.5, most: 2, zerosLeast: 0.8, zerosMost: 1.25 },
  },
} as const satisfies Record<string, VeeRule>;

/** Number of a rule. */
export type VeeRuleId = keyof typeof VEE_RULES;

/** The numbers in order. */
export const VEE_RULE_IDS = Object.keys(VEE_RULES) as readonly VeeRuleId[];

/** Changes to rules: thresholds by name, or that a rule is off. */
export type VeeChanges = Readonly<
  Partial<
    Record<
      VeeRuleId,
      { readonly isOff?: boolean | undefined; readonly thresholds?: VeeThresholds | undefined }
    >
  >
>;

/** A dated set of changes, for some meters or, with none named, for all. */
export interface DatedVeeChanges {
  readonly code: string;
  readonly meterCodes: readonly string[];
  /** First UTC day, `YYYY-MM-DD`. */
  readonly validFrom: string;
  readonly rules: VeeChanges;
}

/** The thresholds that hold; null for a rule that is off. */
export type VeeParameters = Readonly<Record<VeeRuleId, VeeThresholds | null>>;

/**
 * The thresholds that hold for a meter on a day: the defaults, changed by the sets for all meters,
 * then by those that name the meter, each in the order of their dates.
 *
 * @param day  UTC day, `YYYY-MM-DD`.
 */
export function veeParameters(
  sets: readonly DatedVeeChanges[],
  meterCode: string,
  day: string,
): VeeParameters {
  const inForce = sets
    .filter(({ validFrom }) => validFrom <= day)
    .filter(({ meterCodes }) => meterCodes.length === 0 || meterCodes.includes(meterCode))
    .toSorted(
      (a, b) =>
        Number(a.meterCodes.length > 0) - Number(b.meterCodes.length > 0) ||
        (a.validFrom === b.validFrom ? 0 : a.validFrom < b.validFrom ? -1 : 1) ||
        (a.code < b.code ? -1 : 1),
    );
  const held: Record<string, VeeThresholds | null> = {};
  for (const id of VEE_RULE_IDS) {
    let thresholds: VeeThresholds | null = VEE_RULES[id].defaults;
    for (const { rules } of inForce) {
      const change = rules[id];
      if (change === undefined) continue;
      thresholds =
        change.isOff === true
          ? null
          : { ...VEE_RULES[id].defaults, ...thresholds, ...change.thresholds };
    }
    held[id] = thresholds;
  }
  return held as VeeParameters;
}
