import type { RegisterSource } from '../ledger/replay/replay.port.js';
import { columnNamesOf } from '../../platform/database/rows/columns.js';
import { ImportJobEntity } from './uploads/import-job.entity.js';

const READINGS = ['readings.validated', 'readings.estimated', 'exception.decided'] as const;
const OF_READINGS = { types: READINGS, where: `b ->> 'rows' = 'mizan/rows/readings/1'` };
/** Rows of imports that hold more than blocks: findings about them, readings of counters, in order. */
export const WITH_FACTS = 'mizan/rows/interval-import/1';
const ON_ITS_WAY =
  'what an upload says while it is on its way; one that committed is compared with its import: file, ' +
  'size, name, sender';

/** What is known of readings and of what was made of them. */
export const METERING_REGISTERS: readonly RegisterSource[] = [
  {
    table: 'interval_block',
    of: {
      types: ['import.committed', ...READINGS],
      where: `b ->> 'rows' IN ('mizan/row/interval-block/1', 'mizan/rows/readings/1', '${WITH_FACTS}')`,
      rowsAfter: [],
    },
    sealed: [
      'meter_code',
      'utc_day',
      'revision',
      'interval_minutes',
      'wh',
      'quality',
      'lines',
      'updates',
    ],
    // Triples: position, length, line.
    derived: { lines: 'CASE WHEN cardinality(t.lines) % 3 = 0 THEN t.lines END' },
    isDated: true,
  },
  {
    table: 'vee_finding',
    of: {
      types: ['import.committed', ...READINGS],
      where: `b ->> 'rows' IN ('mizan/rows/readings/1', '${WITH_FACTS}')`,
      rowsAfter: ['interval_block'],
    },
    sealed: [
      'finding_id',
      'meter_code',
      'rule',
      'severity',
      'starts_at',
      'ends_at',
      'measured',
      'threshold',
    ],
    isDated: true,
  },
  {
    table: 'counter_reading',
    of: {
      types: ['import.committed'],
      where: `b ->> 'rows' = '${WITH_FACTS}'`,
      rowsAfter: ['interval_block', 'vee_finding'],
    },
    sealed: ['meter_code', 'read_at', 'wh', 'quality', 'line'],
    isDated: true,
  },
  {
    table: 'reading_estimate',
    of: { ...OF_READINGS, rowsAfter: ['interval_block', 'vee_finding'] },
    sealed: ['estimate_id', 'meter_code', 'method', 'confidence', 'starts_at', 'ends_at', 'wh'],
    isDated: true,
  },
  {
    table: 'vee_decision',
    of: { ...OF_READINGS, rowsAfter: ['interval_block', 'vee_finding', 'reading_estimate'] },
    sealed: ['decision_id', 'finding_id', 'action', 'reason', 'actor'],
    isDated: true,
  },
  (tx) => ({
    table: 'import_job',
    of: null,
    sealed: [],
    isEvidence: false,
    notProven: Object.fromEntries(
      columnNamesOf(tx, ImportJobEntity).map((name) => [name, ON_ITS_WAY]),
    ),
  }),
];
