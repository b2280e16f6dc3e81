import { z } from 'zod';
import { assert } from '../../core/errors.js';
import { INTERVAL_MINUTES } from '../../core/metering/blocks/interval-block.js';
import { changesFault } from '../../core/metering/blocks/interval-lengths.js';
import { requirePlace, virtualDefaults } from '../../core/metering/hierarchy.js';
import { RecordCode, RecordName } from '../../platform/http/record-controller.js';
import { Instant, PositiveInteger } from '../../core/shapes/values.shape.js';
import { boolean, filledIn, smallint, whole } from '../../platform/records/record-columns.js';
import { recordKind } from '../../platform/records/record-kind.js';

const IntervalMinutes = z.literal(INTERVAL_MINUTES);

const MEASURES_BY =
  'It is missing: length of its readings, minutes. Only a virtual meter takes that of others.';
const FLOWS =
  'It is missing: the most that can flow through it, W; readings above are SUSPECT (V6). Only a virtual meter takes that of others.';

const Attributes = z
  .strictObject({
    name: RecordName,
    siteCode: RecordCode.describe('Site that it measures'),
    intervalMinutes: IntervalMinutes.nullable()
      .default(null)
      .describe(
        'Length of its readings until the first change, minutes; of a virtual meter null = of its coarsest',
      ),
    intervalChanges: z
      .array(z.strictObject({ from: Instant, intervalMinutes: IntervalMinutes }))
      .min(1)
      .max(50)
      .nullable()
      .default(null)
      .describe('Since when its intervals have another length, ascending; on whole UTC hours'),
    ratedPowerW: PositiveInteger.nullable()
      .default(null)
      .describe(
        'Most that can flow through it, W: readings above are SUSPECT (V6); of a virtual meter null = of those that it adds',
      ),
    direction: z
      .literal(['consumption', 'generation'])
      .default('consumption')
      .describe('What it measures'),
    parentCode: RecordCode.nullable()
      .default(null)
      .describe('Meter above it, whose energy passes through this one too'),
    isBooked: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'Whether its energy is booked; on one path at most one meter is. Null = yes, unless it is virtual',
      ),
    formula: z
      .array(
        z.strictObject({
          meterCode: RecordCode,
          sign: z.literal([1, -1]).default(1).describe('1 adds, -1 takes away'),
        }),
      )
      .min(1)
      .max(200)
      .nullable()
      .default(null)
      .describe(
        'Of a virtual meter: the meters that it adds and takes away; such a meter is not booked',
      ),
  })
  .superRefine(({ formula, intervalMinutes, intervalChanges, ratedPowerW, isBooked }, context) => {
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (intervalMinutes === null && intervalChanges !== null) {
      refuse(['intervalMinutes'], 'Changes of a length need the length before them.');
    }
    const fault = changesFault(intervalMinutes ?? 0, intervalChanges ?? []);
    if (fault !== null) refuse(['intervalChanges', fault.at], fault.detail);
    if (formula !== null) {
      if (isBooked === true) {
        refuse(['isBooked'], 'A virtual meter is not booked: its meters are.');
      }
      return;
    }
    if (intervalMinutes === null && intervalChanges === null) {
      refuse(['intervalMinutes'], MEASURES_BY);
    }
    if (ratedPowerW === null) refuse(['ratedPowerW'], FLOWS);
  });

/** A meter with what is left open: a virtual one takes it from the meters that it is made of. */
function withDefaults(
  sent: z.output<typeof Attributes>,
  all: Parameters<typeof virtualDefaults>[1],
) {
  const { formula, intervalMinutes, ratedPowerW, isBooked } = sent;
  const of = formula === null ? null : virtualDefaults(formula, all);
  const [interval, power] = [
    intervalMinutes ?? of?.intervalMinutes ?? null,
    ratedPowerW ?? of?.ratedPowerW ?? null,
  ];
  assert(interval !== null && power !== null, 'meters: one that measures says how');
  return {
    ...sent,
    intervalMinutes: interval,
    ratedPowerW: power,
    isBooked: isBooked ?? formula === null,
  };
}

/** A meter of a site, or a formula of such meters. */
export const METER = recordKind({
  kind: 'meter',
  path: 'v1/meters',
  tag: 'assets',
  noun: 'meter',
  id: 'Meter',
  write: ['energy-manager'],
  attributes: Attributes,
  // Nothing of a meter is left open when it is answered.
  answer: {
    intervalMinutes: IntervalMinutes,
    ratedPowerW: PositiveInteger,
    isBooked: z.boolean(),
  },
  columns: {
    intervalMinutes: filledIn<number>(smallint),
    ratedPowerW: filledIn<number>(whole),
    isBooked: filledIn<boolean>(boolean),
  },
  table: {
    foreignKeys: {
      meter_stands_on_a_site: 'siteCode',
      meter_hangs_below_a_meter: 'parentCode',
    },
    checks: {
      meter_interval_divides_the_hour: 'interval_minutes IN (5, 10, 15, 30, 60)',
      meter_direction_is_known: `direction IN ('consumption', 'generation')`,
      meter_is_not_its_own_parent: 'parent_code <> code',
      virtual_meter_is_not_booked: 'formula IS NULL OR NOT is_booked',
      meter_interval_changes_are_a_list: `jsonb_typeof(interval_changes) = 'array'`,
      meter_power_is_positive: 'rated_power_w > 0 AND rated_power_w <= 9007199254740991',
    },
  },
  references: { siteCode: 'site', parentCode: 'meter' },
  referencesWithin: ({ formula }) =>
    (formula ?? []).map(({ meterCode: code }) => ({ field: 'formula', code, kind: 'meter' })),
  addedLater: {
    direction: 'consumption',
    parentCode: null,
    isBooked: true,
    formula: null,
    intervalChanges: null,
  },
  complete: async (sent, latest) => withDefaults(sent, sent.formula === null ? [] : await latest()),
  isApart: ({ parentCode, formula }) => parentCode === null && formula === null,
  refuse: (code, held, others) => requirePlace({ code, ...held }, others),
});
