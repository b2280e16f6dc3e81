import { Injectable } from '@nestjs/common';
import {
  failedLegalTimeProbes,
  LEGAL_TIME_PROBES,
  legalOffsetMinutes,
  MOROCCO_LEGAL_TIME,
} from '../core/time/legal-time.js';
import { embeddedServerTrouble } from './cluster/supervision.js';
import { Lanes } from './database/lanes.js';
import { Markers } from './marker/markers.js';
import { WritingStops } from './marker/writing-stops.js';
import { Troubles } from './jobs/troubles.js';

/** Whether requests are answered, and what somebody must see to. */
export interface HealthReport {
  /** Whether reads and proofs are served; writing may be stopped all the same. */
  readonly ready: boolean;
  readonly checks: {
    readonly database: 'up' | 'down';
    readonly writing: 'open' | 'stopped';
  };
  /** What somebody must mend: what stops writing, the marker, the embedded database, what is due and fails. */
  readonly warnings: readonly string[];
  /**
   * What is so and needs nobody: a line per source of zone data that gets Moroccan legal time wrong. No
   * figure uses it.
   */
  readonly notes: readonly string[];
}

/** Whether every ledger takes in what is sent, and what stops it. */
export interface WritingReport {
  readonly writing: 'open' | 'stopped';
  readonly reasons: readonly string[];
}

const NO_DATABASE = 'The database does not answer.';

/** Self-tests: our own table stops the process when it is wrong; others' zone data is only noted. */
@Injectable()
export class Health {
  private readonly runtimeNotes = runtimeZoneNotes();

  constructor(
    private readonly lanes: Lanes,
    private readonly markers: Markers,
    private readonly stops: WritingStops,
    private readonly troubles: Troubles,
  ) {}

  async report(): Promise<HealthReport> {
    try {
      const notes = [...this.runtimeNotes, ...(await this.serverZoneNotes())];
      const stops = this.stops.known();
      const writing = stops.length === 0 ? 'open' : 'stopped';
      const warnings = [...stops, ...this.markers.warnings(), ...this.troubles.list()];
      return { ready: true, checks: { database: 'up', writing }, warnings, notes };
    } catch {
      const trouble = embeddedServerTrouble();
      const warnings = trouble === null ? [] : [trouble];
      const checks = { database: 'down', writing: 'stopped' } as const;
      return { ready: false, checks, warnings, notes: this.runtimeNotes };
    }
  }

  /** For whoever must know that nothing is taken in: asks nothing of reads. */
  async writing(): Promise<WritingReport> {
    const { ready, checks, warnings } = await this.report();
    if (!ready) return { writing: 'stopped', reasons: [...warnings, NO_DATABASE].slice(0, 1) };
    return { writing: checks.writing, reasons: this.stops.known() };
  }

  private async serverZoneNotes(): Promise<readonly string[]> {
    const instants = LEGAL_TIME_PROBES.map(([instantUtc]) => Date.parse(instantUtc));
    const rows = await this.lanes.of('health').ask<{ ms: string; minutes: string }>(
      `SELECT t.ms, extract(epoch FROM (to_timestamp(t.ms / 1000) AT TIME ZONE 'Africa/Casablanca')
                - (to_timestamp(t.ms / 1000) AT TIME ZONE 'UTC')) / 60 AS minutes
       FROM unnest(ARRAY[${instants.join(', ')}]::double precision[]) AS t (ms)`,
    );
    const offsets = new Map(rows.map(({ ms, minutes }) => [Number(ms), Number(minutes)]));
    return noteOf("PostgreSQL's zone data", (ms) => Math.round(offsets.get(ms)!));
  }
}

/**
 * Stops the process when our own table of legal time is wrong (MOROCCO section 1).
 *
 * @throws Error naming the probes.
 */
export function requireLegalTime(): void {
  const failed = failedLegalTimeProbes((ms) => legalOffsetMinutes(MOROCCO_LEGAL_TIME, ms));
  if (failed.length > 0) throw new Error(`legal_time_rule is wrong: ${failed.join('; ')}`);
}

function runtimeZoneNotes(): readonly string[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Africa/Casablanca',
    timeZoneName: 'longOffset',
  });
  return noteOf(`This runtime's zone data (tz ${process.versions.tz ?? 'unknown'})`, (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, hours = '0', minutes = '0'] = /GMT\+(\d{2}):(\d{2})/.exec(name) ?? [];
    return Number(hours) * 60 + Number(minutes);
  });
}

function noteOf(source: string, offsetAt: (instantMs: number) => number): readonly string[] {
  const failed = failedLegalTimeProbes(offsetAt);
  return failed.length === 0
    ? []
    : [
        `${source} differs from Moroccan law; no figure uses it, Mizan has its own table. There is ` +
          `nothing to do. ${failed.join('; ')}`,
      ];
}
