import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { DayReadings } from '../../core/metering/interval-block.js';
import { type IntervalReading, readInterval } from '../../core/metering/interval-row.js';
import { compareIds } from '../../core/text.js';
import { MINUTE_MS, utcDayOf } from '../../core/time/interval.js';
import type { EnergyUnit } from '../../core/units/energy.js';
import { readCsv } from '../../platform/files/csv.js';
import type { KeptFile } from '../../platform/files/file-store.js';
import type { Meter } from '../assets/assets.service.js';
import { ImportsService, RowProblems } from '../imports/imports.service.js';

/** What a file of intervals says, day by day. */
export interface IntervalFile {
  /** By meter, then UTC day. */
  readonly days: readonly DayReadings[];
  readonly rowCount: number;
  readonly totalWh: number;
  /** Bounds of the intervals, ms; null for a file without rows. */
  readonly bounds: { readonly startMs: number; readonly endMs: number } | null;
}

interface Columns {
  readonly meter: number;
  readonly start: number;
  readonly energy: number;
  readonly quality: number;
  readonly unit: EnergyUnit;
  /** Header of the energy column as written. */
  readonly energyName: string;
  readonly count: number;
}

interface OpenDay {
  readonly wh: Float64Array;
  readonly quality: Uint8Array;
  readonly line: Int32Array;
}

const UNITS: readonly EnergyUnit[] = ['wh', 'kwh', 'mwh', 'kw'];

/** Reads CSV files of intervals, one reading a row: `meter,start,wh|kwh|mwh|kw,quality`. */
@Injectable()
export class IntervalFileService {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Streams a file, checks every row, and gathers its days.
   *
   * @param meters  Every meter of the ledger.
   * @throws DomainError `import.rows_rejected` naming each wrong row; `import.file_unreadable`,
   *                     `import.limit_exceeded`.
   */
  async read(file: KeptFile, fileName: string, meters: readonly Meter[]): Promise<IntervalFile> {
    const reader = new IntervalReader(meters);
    for await (const { line, values } of readCsv(this.imports.open(file), fileName)) {
      reader.take(line, values);
    }
    return reader.finish(file);
  }
}

/** One pass over the rows of one file. */
class IntervalReader {
  private readonly problems = new RowProblems();
  private readonly meters: ReadonlyMap<string, Meter>;
  private readonly days = new Map<string, Map<string, OpenDay>>();
  private columns: Columns | null = null;
  private rowCount = 0;
  private totalWh = 0;
  private startMs = Infinity;
  private endMs = -Infinity;

  constructor(meters: readonly Meter[]) {
    this.meters = new Map(meters.map((meter) => [meter.code, meter]));
  }

  take(line: number, values: readonly string[]): void {
    if (line === 1) {
      this.columns = this.readHeader(values);
      return;
    }
    if (this.columns === null || (values.length === 1 && values[0]!.trim() === '')) return;
    this.rowCount += 1;
    this.readRow(line, values, this.columns);
  }

  finish(file: KeptFile): IntervalFile {
    if (this.rowCount === 0 && this.problems.isEmpty) {
      this.problems.add({
        ...{ row: 1, column: 'file', value: '', rule: 'file.not_empty' },
        detail: 'The file has no readings.',
        fix: 'Send a file with at least one reading.',
      });
    }
    this.problems.refuseIfAny(file);
    if (!Number.isSafeInteger(this.totalWh)) {
      const detail = 'The file adds up to more than 9007199254740991 Wh.';
      throw new DomainError('energy.total_unsafe', { what: 'control total', detail });
    }
    return {
      days: this.collect(),
      rowCount: this.rowCount,
      totalWh: this.totalWh,
      bounds: { startMs: this.startMs, endMs: this.endMs },
    };
  }

  private readHeader(values: readonly string[]): Columns | null {
    const names = values.map((name) => name.trim().toLowerCase());
    const at = (name: string): number => names.indexOf(name);
    const energies = UNITS.filter((unit) => at(unit) >= 0);
    const missing = ['meter', 'start', 'quality'].filter((name) => at(name) < 0);
    if (energies.length !== 1) missing.push('exactly one of wh, kwh, mwh, kw');
    const repeated = names.find((name, index) => name !== '' && at(name) !== index);
    if (missing.length > 0 || repeated !== undefined) {
      const detail =
        repeated === undefined
          ? `The header lacks ${missing.join(', ')}.`
          : `The header names ${repeated} twice.`;
      this.problems.add({
        ...{ row: 1, column: 'header', value: values.join(','), rule: 'header.known', detail },
        fix: 'Use the header meter,start,wh,quality (or kwh, mwh, kw for wh).',
      });
      return null;
    }
    const unit = energies[0]!;
    return {
      ...{ meter: at('meter'), start: at('start'), energy: at(unit), quality: at('quality') },
      ...{ unit, energyName: values[at(unit)]!.trim(), count: values.length },
    };
  }

  private readRow(line: number, values: readonly string[], columns: Columns): void {
    if (values.length !== columns.count) {
      this.problems.add({
        ...{ row: line, column: 'row', value: values.join(','), rule: 'row.same_width' },
        detail: `The row has ${values.length} fields, the header ${columns.count}.`,
        fix: 'Quote fields that hold commas.',
      });
      return;
    }
    const field = (at: number): string => values[at]!.trim();
    const meter = this.meters.get(field(columns.meter));
    if (meter === undefined) {
      this.problems.add({
        ...{ row: line, column: 'meter', value: field(columns.meter), rule: 'meter.known' },
        detail: 'There is no such meter.',
        fix: 'Create the meter, or correct its code.',
      });
      return;
    }
    const fields = {
      start: field(columns.start),
      energy: field(columns.energy),
      quality: field(columns.quality),
    };
    const { unit, energyName: name } = columns;
    const reading = readInterval(fields, meter, { unit, name });
    if ('rule' in reading) this.problems.add({ row: line, ...reading });
    else this.place(line, { meter, reading, text: fields.start });
  }

  private place(
    line: number,
    row: { readonly meter: Meter; readonly reading: IntervalReading; readonly text: string },
  ): void {
    const { meter, reading } = row;
    const { startMs, position, wh, quality } = reading;
    const day = this.openDay(meter, utcDayOf(startMs));
    const earlier = day.line[position]!;
    if (earlier !== 0) {
      this.problems.add({
        ...{ row: line, column: 'start', value: row.text, rule: 'interval.once_in_file' },
        detail: `Line ${earlier} holds the same meter and start.`,
        fix: 'Keep one row of the two.',
      });
      return;
    }
    day.wh[position] = wh ?? Number.NaN;
    day.quality[position] = quality;
    day.line[position] = line;
    this.totalWh += wh ?? 0;
    this.startMs = Math.min(this.startMs, startMs);
    this.endMs = Math.max(this.endMs, startMs + meter.intervalMinutes * MINUTE_MS);
  }

  private openDay(meter: Meter, utcDay: string): OpenDay {
    let days = this.days.get(meter.code);
    if (days === undefined) this.days.set(meter.code, (days = new Map()));
    let day = days.get(utcDay);
    if (day === undefined) {
      const count = (24 * 60) / meter.intervalMinutes;
      day = {
        wh: new Float64Array(count).fill(Number.NaN),
        quality: new Uint8Array(count),
        line: new Int32Array(count),
      };
      days.set(utcDay, day);
    }
    return day;
  }

  private collect(): DayReadings[] {
    return [...this.days]
      .toSorted(([a], [b]) => compareIds(a, b))
      .flatMap(([meterCode, days]) =>
        [...days]
          .toSorted(([a], [b]) => compareIds(a, b))
          .map(([utcDay, day]) => ({
            meterCode,
            utcDay,
            intervalMinutes: this.meters.get(meterCode)!.intervalMinutes,
            wh: Array.from(day.wh, (wh) => (Number.isNaN(wh) ? null : wh)),
            quality: Array.from(day.quality),
            sourceLine: Array.from(day.line, (at) => (at === 0 ? null : at)),
          })),
      );
  }
}
