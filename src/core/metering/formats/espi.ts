import type { XmlHandler } from '../../tabular/xml.js';
import { MINUTE_MS } from '../../time/interval.js';
import { writtenStamp } from '../../time/written-stamp.js';
import { type EnergyScale, wattHoursFrom } from '../../units/energy-bytes.js';
import type { RowFault } from '../intake/intake.js';
import { QUALITY } from '../blocks/quality.js';
import { meterFinder, NO_METER, type ReadingContext, scales, valueFault } from './context.js';

/** Qualities of ESPI (METHOD 2.3); 13 is a mark of sums and stands on no reading. */
const ESPI_QUALITY: Readonly<Record<string, number>> = {
  0: QUALITY.ACTUAL,
  17: QUALITY.ACTUAL,
  18: QUALITY.ACTUAL,
  19: QUALITY.ACTUAL,
  7: QUALITY.EDITED,
  8: QUALITY.EST_HIST,
  9: QUALITY.EST_LINEAR,
  10: QUALITY.SUSPECT,
  11: QUALITY.DERIVED,
  12: QUALITY.FORECAST,
  14: QUALITY.RAW,
};

interface Reading {
  readonly line: number;
  readonly start: string;
  readonly duration: string;
  readonly value: string;
  readonly quality: string;
}

interface Entry {
  self: string;
  up: string;
  readonly related: string[];
  kind: 'UsagePoint' | 'MeterReading' | 'ReadingType' | 'IntervalBlock' | null;
  readonly fields: Record<string, string>;
  readonly readings: Reading[];
  /** When the source last changed the entry, as it says. */
  updated: string;
}

/** Kinds and units of ESPI that are no energy of electricity, to name what is left out. */
const COMMODITIES: Readonly<Record<string, string>> = {
  3: 'communication',
  4: 'air',
  5: 'insulative gas',
  6: 'insulative oil',
  7: 'natural gas',
  8: 'propane',
  9: 'drinking water',
  10: 'steam',
  11: 'waste water',
  12: 'heating fluid',
  13: 'cooling fluid',
};
const UNITS: Readonly<Record<string, string>> = {
  5: 'A',
  29: 'V',
  33: 'Hz',
  42: 'm³',
  61: 'VA',
  63: 'var',
  65: 'cos θ',
  71: 'VAh',
  73: 'varh',
  119: 'ft³',
  128: 'US gallon',
  132: 'Btu',
  134: 'litre',
  169: 'therm',
};
const named = (code: string, names: Readonly<Record<string, string>>): string =>
  names[code] === undefined ? code || 'not stated' : `${code} (${names[code]})`;

const KINDS = new Set(['UsagePoint', 'MeterReading', 'ReadingType', 'IntervalBlock']);

/**
 * Reads Green Button files (ESPI, METHOD 2.1): blocks of readings belong by their links to a meter
 * reading, whose reading type says unit, power of ten, direction and kind.
 */
export function espiReader(context: ReadingContext): XmlHandler {
  const path: string[] = [];
  const entries: Entry[] = [];
  let entry: Entry | null = null;
  let reading: Record<string, string> | null = null;
  let readingLine = 0;
  let text = '';
  return {
    open: (name, attributes, line) => {
      const local = name.slice(name.indexOf(':') + 1);
      path.push(local);
      text = '';
      if (local === 'entry') {
        entry = { self: '', up: '', updated: '', related: [], ...blankEntry() };
      } else if (local === 'link' && entry !== null) {
        const href = attributes['href'] ?? '';
        if (attributes['rel'] === 'self') entry.self = href;
        else if (attributes['rel'] === 'up') entry.up = href;
        else entry.related.push(href);
      } else if (KINDS.has(local) && entry !== null) entry.kind = local as Entry['kind'];
      else if (local === 'IntervalReading') {
        reading = {};
        readingLine = line;
      }
    },
    text: (more) => {
      text += more;
    },
    close: (name) => {
      const local = name.slice(name.indexOf(':') + 1);
      path.pop();
      if (entry !== null && local === 'IntervalReading') {
        entry.readings.push(toReading(reading ?? {}, readingLine));
        reading = null;
      } else if (reading !== null) reading[local] = text.trim();
      else if (entry !== null && local === 'entry') {
        entries.push(entry);
        entry = null;
      } else if (entry !== null && local === 'updated' && path.at(-1) === 'entry') {
        entry.updated = text.trim();
      } else if (entry !== null && path.at(-1) === entry.kind) entry.fields[local] = text.trim();
      text = '';
    },
    end: () => finish(entries, context),
  };
}

const blankEntry = (): Pick<Entry, 'kind' | 'fields' | 'readings'> => ({
  kind: null,
  fields: {},
  readings: [],
});

const toReading = (fields: Record<string, string>, line: number): Reading => ({
  line,
  start: fields['start'] ?? '',
  duration: fields['duration'] ?? '',
  value: fields['value'] ?? '',
  quality: fields['quality'] ?? '',
});

function finish(entries: readonly Entry[], context: ReadingContext): void {
  const types = new Map(entries.filter(isKind('ReadingType')).map((one) => [one.self, one]));
  const meterReadings = entries.filter(isKind('MeterReading'));
  const find = meterFinder(context);
  for (const block of entries.filter(isKind('IntervalBlock'))) {
    const owner = meterReadings.find(
      ({ self, related }) =>
        related.includes(block.up) || (self !== '' && block.self.startsWith(`${self}/`)),
    );
    const type = owner?.related.map((href) => types.get(href)).find((one) => one !== undefined);
    const line = block.readings[0]?.line ?? 1;
    if (owner === undefined || type === undefined) {
      context.reject({ row: line, ...unlinked(block.self) }, null);
      continue;
    }
    const channel = channelOf(owner.self, type, context, find);
    if ('rule' in channel) {
      context.reject({ row: line, ...channel }, null);
      return;
    }
    context.intake.updated(atomTime(block.updated));
    for (const one of block.readings) {
      if (channel.scale === null) context.leaveOut(channel.name, channel.reason);
      else putReading(one, channel, context);
    }
  }
  if (!entries.some(isKind('IntervalBlock'))) {
    context.reject({ row: 1, ...noBlocks() }, null);
  }
}

/** RFC 4287: when the publisher last changed an entry, ms; 0 where it does not say. */
function atomTime(text: string): number {
  const stamp = writtenStamp(text, 'YMD');
  return stamp?.kind === 'instant' && stamp.instantMs > 0 ? stamp.instantMs : 0;
}

const isKind =
  (kind: Entry['kind']) =>
  (entry: Entry): boolean =>
    entry.kind === kind;

interface Channel {
  readonly name: string;
  readonly meter: number;
  /** By length of interval; null for a channel that is not read. */
  readonly scale: ((minutes: number) => EnergyScale) | null;
  readonly reason: string;
  readonly quality: number;
}

function channelOf(
  self: string,
  { fields }: Entry,
  context: ReadingContext,
  find: (name: string, channel?: string) => number,
): Channel | RowFault {
  const { profile, meters } = context;
  const usagePoint = /UsagePoint\/([^/]+)/.exec(self)?.[1] ?? self;
  const name = `${usagePoint}/${self.slice(self.lastIndexOf('/') + 1)}`;
  const left = (reason: string): Channel => ({
    name,
    meter: -1,
    scale: null,
    reason,
    quality: 0,
  });
  const uom = fields['uom'] ?? '';
  const commodity = fields['commodity'] ?? '';
  if (!['', '0', '1', '2'].includes(commodity)) {
    return left(`not electricity: commodity ${named(commodity, COMMODITIES)}`);
  }
  if (uom !== '72' && uom !== '38') return left(`not energy: unit ${named(uom, UNITS)}`);
  const kind = fields['accumulationBehaviour'] ?? '';
  if (kind !== '4') return wrongKind(name, kind);
  const direct = find(name);
  const meter = direct === NO_METER.unknown ? find(usagePoint, name) : direct;
  if (meter === NO_METER.leftOut) return left('left out by the profile');
  if (meter < 0) {
    return {
      column: 'UsagePoint',
      value: name,
      rule: 'meter.known',
      detail: 'There is no meter for this usage point.',
      fix: `Map ${usagePoint} to a meter in the profile, or name the meter with the upload.`,
    };
  }
  const { code, direction } = meters[meter]!;
  const flow = { 1: 'consumption', 19: 'generation' }[fields['flowDirection'] ?? ''];
  if (flow !== direction)
    return wrongFlow(name, fields['flowDirection'] ?? '', `${code} is ${direction}`);
  const power = Number(fields['powerOfTenMultiplier'] ?? '0');
  if (!Number.isInteger(power) || Math.abs(power) > 12)
    return wrongPower(fields['powerOfTenMultiplier']!);
  const scale = scales(uom === '72' ? 'wh' : 'w', `${profile.multiplier}e${power}`);
  const standard = fields['defaultQuality'] ?? '';
  const stated =
    ESPI_QUALITY[standard] ?? (profile.quality === null ? QUALITY.RAW : QUALITY[profile.quality]);
  return { name, meter, scale, reason: '', quality: stated };
}

function putReading(reading: Reading, channel: Channel, context: ReadingContext): void {
  const { line } = reading;
  const reject = (fault: RowFault): void => context.reject({ row: line, ...fault }, null);
  const startMs = /^\d{1,11}$/.test(reading.start) ? Number(reading.start) * 1000 : Number.NaN;
  if (Number.isNaN(startMs)) {
    return reject({
      column: 'start',
      value: reading.start,
      rule: 'espi.start',
      detail: 'Not a number of seconds since 1970.',
      fix: 'Ask the sender for the file again.',
    });
  }
  const meter = context.intake.dated(channel.meter, startMs);
  const minutes = context.meters[meter]!.intervalMinutes;
  if (Number(reading.duration) * 1000 !== minutes * MINUTE_MS) {
    return reject({
      column: 'duration',
      value: reading.duration,
      rule: 'interval.length',
      detail: `The meter has ${minutes}-minute intervals: ${minutes * 60} s.`,
      fix: 'Send the meter’s own intervals, or revise the meter.',
    });
  }
  const bytes = Buffer.from(reading.value);
  const scale = channel.scale!(minutes);
  const wh = wattHoursFrom(bytes, 0, bytes.length, scale);
  const { rest } = scale;
  if (wh < 0) return reject(valueFault(wh, reading.value, 'value'));
  const quality = reading.quality === '' ? channel.quality : ESPI_QUALITY[reading.quality];
  if (quality === undefined) {
    return reject({
      column: 'quality',
      value: reading.quality,
      rule: 'quality.known',
      detail: 'Not a quality of a reading.',
      fix: `Known: ${Object.keys(ESPI_QUALITY).join(', ')}.`,
    });
  }
  const fault = context.intake.put(meter, startMs, wh, quality, line, rest);
  if (fault !== null) reject(fault);
}

const unlinked = (value: string): RowFault => ({
  column: 'IntervalBlock',
  value,
  rule: 'espi.linked',
  detail: 'The block has no meter reading with a reading type: its unit is not known.',
  fix: 'Ask for the whole feed: MeterReading and ReadingType entries with their links.',
});
const noBlocks = (): RowFault => ({
  column: 'file',
  value: '',
  rule: 'file.not_empty',
  detail: 'The file has no readings.',
  fix: 'Send a feed with at least one IntervalBlock.',
});
const wrongKind = (name: string, value: string): RowFault => ({
  column: 'accumulationBehaviour',
  value: value || name,
  rule: 'espi.interval_data',
  detail:
    'Not interval data (4): registers and instantaneous samples are not energy of an interval.',
  fix: 'Ask for interval data, or leave the channel out in the profile.',
});
const wrongFlow = (name: string, value: string, meter: string): RowFault => ({
  column: 'flowDirection',
  value: value || name,
  rule: 'channel.as_meter',
  detail: `Direction 1 is consumption, 19 generation; net and total are neither. Meter ${meter}.`,
  fix: 'Map the channel to another meter, or leave it out in the profile.',
});
const wrongPower = (value: string): RowFault => ({
  column: 'powerOfTenMultiplier',
  value,
  rule: 'espi.power_of_ten',
  detail: 'Not a power of ten from −12 to 12.',
  fix: 'Ask the sender for the file again.',
});
