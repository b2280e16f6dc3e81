import { z } from 'zod';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { INTERVAL_FORMATS } from '../../../core/metering/import-profile.js';
import { CHANNEL_RULES } from '../../../core/metering/intake/intake-channels.js';
import { MISSING_HOURS, parseOffset, REPEATED_HOURS } from '../../../core/time/local-stamp.js';
import { TZ_VERSION } from '../../../core/time/tz-data.js';
import { ianaLegalTime } from '../../../core/time/tz-zones.js';
import { ENERGY_UNITS, type EnergyUnit } from '../../../core/units/energy.js';
import { RecordCode, RecordName } from '../../../platform/http/record-controller.js';
import { text } from '../../../core/shapes/values.shape.js';
import { recordKind } from '../../../platform/records/record-kind.js';

const HeaderName = text(100).nullable().default(null);
const SourceName = text(200);
const MULTIPLIER = /^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,9})?$/;

const Columns = z.strictObject({
  meter: HeaderName,
  start: HeaderName.describe('Stamp of the interval; with `time`, its date'),
  end: HeaderName,
  date: HeaderName,
  time: HeaderName,
  value: HeaderName,
  quality: HeaderName,
  updatedAt: HeaderName.describe(
    'When the source last updated the row: an older version never replaces a newer one',
  ),
});

const Settings = z.strictObject({
  format: z.literal(INTERVAL_FORMATS).nullable().default(null).describe('Null: told from the file'),
  encoding: z
    .literal(['utf-8', 'windows-1252'])
    .nullable()
    .default(null)
    .describe('Null: told from the text; a byte-order mark says it in any case'),
  rows: z
    .string()
    .max(200)
    .regex(/^\$(\.(\*|[A-Za-z0-9_-]{1,60})){0,8}$/)
    .nullable()
    .default(null)
    .describe('Of JSON: path of its array of readings, `$.data.intervals`; `*` for any name'),
  delimiter: z.literal([',', ';', '\t', '|']).nullable().default(null),
  decimalMark: z.literal(['.', ',']).default('.'),
  groupMark: z
    .literal(['.', ',', ' ', "'"])
    .nullable()
    .default(null)
    .describe('Between groups of three digits; not the decimal mark'),
  zone: text(40)
    .default('stated')
    .refine((zone) => !zone.includes('/') || ianaLegalTime(zone) !== null, {
      error: `Not a zone of the IANA database ${TZ_VERSION}; names are written as there: Europe/Paris.`,
    })
    .describe(
      '`stated` (stamps carry offsets), `UTC`, an offset `+10:00`, an IANA name `Europe/Paris`, ' +
        'or a legal time: `MA`',
    ),
  dateOrder: z.literal(['YMD', 'DMY', 'MDY']).default('YMD'),
  label: z.literal(['start', 'end']).default('start').describe('What a stamp names'),
  repeatedHour: z
    .literal(REPEATED_HOURS)
    .default('refuse')
    .describe('An hour that clocks showed twice'),
  missingHour: z.literal(MISSING_HOURS).default('refuse').describe('A time that clocks skipped'),
  unit: z
    .literal(ENERGY_UNITS as [EnergyUnit])
    .nullable()
    .default(null)
    .describe('Null: the header says it'),
  quantity: z
    .literal(['energy', 'register'])
    .default('energy')
    .describe('register: readings of a counter'),
  registerDigits: z
    .int()
    .min(3)
    .max(12)
    .nullable()
    .default(null)
    .describe('Digits before it rolls over'),
  multiplier: z.string().regex(MULTIPLIER).default('1').describe('Decimal as text, above zero'),
  columns: Columns.default(Columns.parse({})),
  quality: z
    .literal(QUALITY_NAMES)
    .nullable()
    .default(null)
    .describe('Of readings that state none'),
  qualities: z.record(SourceName, z.literal(QUALITY_NAMES)).default({}),
  meters: z
    .record(SourceName, RecordCode.nullable())
    .default({})
    .describe('Names of the source for meters; null leaves a channel out'),
  channels: z
    .literal(CHANNEL_RULES)
    .default('refuse')
    .describe(
      'Several names read to one meter that speak of one interval: a mistake, or its parts',
    ),
  ignoreLines: z.array(text(100)).max(20).default([]),
});

const BUILT_IN_ZONES = new Set(['stated', 'MA']);

/** Names with a slash are the IANA database's; others are legal times of the ledger. */
const isBuiltIn = (zone: string): boolean =>
  BUILT_IN_ZONES.has(zone) || parseOffset(zone) !== null || zone.includes('/');

/** How the files of one source are written. */
export const IMPORT_PROFILE = recordKind({
  kind: 'import-profile',
  path: 'v1/import-profiles',
  tag: 'metering',
  noun: 'import profile',
  id: 'ImportProfile',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    settings: Settings.describe('How its files are written: format, units, zone, columns, meters'),
  }),
  referencesWithin: ({ settings: { meters, zone } }) => [
    ...Object.values(meters).flatMap((code) =>
      code === null ? [] : [{ field: 'settings.meters', code, kind: 'meter' }],
    ),
    ...(isBuiltIn(zone) ? [] : [{ field: 'settings.zone', code: zone, kind: 'legal-time' }]),
  ],
});
