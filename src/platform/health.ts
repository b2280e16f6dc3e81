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

/** What is not wrong with us but with the ground we stand on. */
export interface HealthReport {
  readonly ready: boolean;
  readonly checks: { readonly database: 'up' | 'down' };
  /**
   * One line per source of zone data that gets Moroccan legal time wrong (figures do not use it), and
   * what is wrong with the embedded database; ledgers whose last events are missing.
   */
  readonly warnings: readonly string[];
}

/** Self-tests: our own table stops the process when it is wrong; the runtime's zone data only warns. */
@Injectable()
export class Health {
  private readonly runtimeWarnings = runtimeZoneWarnings();

  constructor(
    private readonly lanes: Lanes,
    private readonly markers: Markers,
  ) {}

  async report(): Promise<HealthReport> {
    try {
      const warnings = await this.serverZoneWarnings();
      const all = [...this.markers.warnings(), ...this.runtimeWarnings, ...warnings];
      return { ready: true, checks: { database: 'up' }, warnings: all };
    } catch {
      const trouble = embeddedServerTrouble();
      const warnings = [...(trouble === null ? [] : [trouble]), ...this.runtimeWarnings];
      return { ready: false, checks: { database: 'down' }, warnings };
    }
  }

  private async serverZoneWarnings(): Promise<readonly string[]> {
    const instants = LEGAL_TIME_PROBES.map(([instantUtc]) => Date.parse(instantUtc));
    const rows = await this.lanes.of('health').ask<{ ms: string; minutes: string }>(
      `SELECT t.ms, extract(epoch FROM (to_timestamp(t.ms / 1000) AT TIME ZONE 'Africa/Casablanca')
                - (to_timestamp(t.ms / 1000) AT TIME ZONE 'UTC')) / 60 AS minutes
       FROM unnest(ARRAY[${instants.join(', ')}]::double precision[]) AS t (ms)`,
    );
    const offsets = new Map(rows.map(({ ms, minutes }) => [Number(ms), Number(minutes)]));
    return warningOf("PostgreSQL's zone data", (ms) => Math.round(offsets.get(ms)!));
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

function runtimeZoneWarnings(): readonly string[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Africa/Casablanca',
    timeZoneName: 'longOffset',
  });
  return warningOf(`This runtime's zone data (tz ${process.versions.tz ?? 'unknown'})`, (ms) => {
    const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, hours = '0', minutes = '0'] = /GMT\+(\d{2}):(\d{2})/.exec(name) ?? [];
    return Number(hours) * 60 + Number(minutes);
  });
}

function warningOf(source: string, offsetAt: (instantMs: number) => number): readonly string[] {
  const failed = failedLegalTimeProbes(offsetAt);
  return failed.length === 0
    ? []
    : [`${source} is wrong for Morocco; Mizan uses its own table. ${failed.join('; ')}`];
}
