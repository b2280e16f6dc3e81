import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Hours in which at least half of all pairs have energy are kept as the Wh of every meter ×
 * certificate: a third of what pairs take one by one, and written several times as fast.
 */
export class KeepWholeHours1790002400000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE match_pairs
        ALTER COLUMN demand_at DROP NOT NULL, ALTER COLUMN supply_at DROP NOT NULL,
        DROP CONSTRAINT match_pairs_have_two_ends,
        ADD CONSTRAINT match_pairs_have_two_ends CHECK ((CASE WHEN demand_at IS NULL THEN supply_at IS NULL
            AND cardinality(wh) = cardinality(meters) * cardinality(certificates)
            AND 0 <= ALL (wh) AND 0 < ANY (wh)
          ELSE cardinality(demand_at) = cardinality(wh) AND cardinality(supply_at) = cardinality(wh)
            AND 0 < ALL (wh) END) IS TRUE);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE match_pairs NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE match_pairs DISABLE TRIGGER match_pairs_is_append_only;
      ALTER TABLE match_pairs DROP CONSTRAINT match_pairs_have_two_ends;
      UPDATE match_pairs m SET demand_at = s.demand_at, supply_at = s.supply_at, wh = s.wh
        FROM (
          SELECT w.ledger_id, w.event_id, w.row_index,
            array_agg((c.n - 1) / cardinality(w.certificates) ORDER BY c.n)::integer[] AS demand_at,
            array_agg((c.n - 1) % cardinality(w.certificates) ORDER BY c.n)::integer[] AS supply_at,
            array_agg(c.wh ORDER BY c.n) AS wh
          FROM match_pairs w, unnest(w.wh) WITH ORDINALITY AS c (wh, n)
          WHERE w.demand_at IS NULL AND c.wh > 0 GROUP BY 1, 2, 3) s
        WHERE (m.ledger_id, m.event_id, m.row_index) = (s.ledger_id, s.event_id, s.row_index);
      SET CONSTRAINTS ALL IMMEDIATE;
      ALTER TABLE match_pairs ENABLE TRIGGER match_pairs_is_append_only;
      ALTER TABLE match_pairs FORCE ROW LEVEL SECURITY;
      ALTER TABLE match_pairs
        ALTER COLUMN demand_at SET NOT NULL, ALTER COLUMN supply_at SET NOT NULL,
        ADD CONSTRAINT match_pairs_have_two_ends CHECK (
          cardinality(demand_at) = cardinality(wh) AND cardinality(supply_at) = cardinality(wh)
          AND (0 < ALL (wh)) IS TRUE);
    `);
  }
}
