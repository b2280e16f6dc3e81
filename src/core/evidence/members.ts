import type { EventType } from '../ledger/event.js';
import { DAY_MS } from '../time/interval.js';
import type { EventHeader } from './evidence.js';

/** Events that matter to the months that they are about. */
const OF_A_TIME: ReadonlySet<string> = new Set<EventType>([
  ...(['import.committed', 'certificates.acted', 'statement.issued', 'storage.traced'] as const),
  ...(['certificates.converted'] as const),
  ...(['readings.validated', 'readings.estimated', 'exception.decided'] as const),
]);

/** Whether an evidence file of a month holds an event's rows: records always, files and runs of its time. */
export function matters({ type, validFrom, validTo, body }: EventHeader, month: string): boolean {
  if (type === 'record.versioned') return true;
  if (type === 'matching.run') {
    return (body['run'] as { readonly month?: unknown } | undefined)?.month === month;
  }
  if (!OF_A_TIME.has(type) || validFrom === null || validTo === null) return false;
  // A civil month starts or ends within hours of the UTC month; a day more on each side is harmless.
  const [year, at] = month.split('-').map(Number) as [number, number];
  const [startMs, endMs] = [Date.UTC(year, at - 1, 1), Date.UTC(year, at, 1)];
  return Date.parse(validTo) > startMs - DAY_MS && Date.parse(validFrom) < endMs + DAY_MS;
}

/** What a sealed statement's row says of it. */
export interface SealedStatement {
  readonly statementId: string;
  readonly kind: string;
  readonly siteCode: string;
  readonly month: string;
  readonly version: number;
  readonly tenantCode?: string;
}

/** A statement as a person calls it. */
export const statementName = ({
  kind,
  siteCode,
  month,
  version,
  tenantCode,
}: Omit<SealedStatement, 'statementId'>): string =>
  `${kind} ${siteCode} ${month}${tenantCode === undefined ? '' : ` of ${tenantCode}`} version ${version}`;
