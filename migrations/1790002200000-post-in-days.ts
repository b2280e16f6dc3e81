import type { MigrationInterface, QueryRunner } from 'typeorm';
import { FASTER } from './1790002100000-post-faster.js';
import { APPLY_IN_DAYS, DAY_FUNCTIONS } from './1790002200000-post-in-days.functions.js';

/**
 * The same trigger again, with whole days added without a call each, and both sides of a match
 * compared by day. What it asks anyway is asked once: a meter that nothing was metered of has
 * nothing booked. Nothing looks postings up by their start.
 */
export class PostInDays1790002200000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(DAY_FUNCTIONS);
    await db.query(`
      ALTER TABLE demand_balance
        DROP CONSTRAINT demand_is_conserved,
        DROP CONSTRAINT demand_balance_belongs_to_a_meter,
        ADD CONSTRAINT demand_is_conserved CHECK (consumption = add_day_hours(matched, residual));
      DROP INDEX posting_by_start;
    `);
    await db.query(APPLY_IN_DAYS);
  }

  async down(db: QueryRunner): Promise<void> {
    // Replacing a function replaces its settings too.
    await db.query(FASTER);
    await db.query(`
      CREATE INDEX posting_by_start ON posting (ledger_id, starts_at);
      ALTER TABLE demand_balance
        DROP CONSTRAINT demand_is_conserved,
        ADD CONSTRAINT demand_is_conserved CHECK (consumption = add_hours(matched, residual)),
        ADD CONSTRAINT demand_balance_belongs_to_a_meter FOREIGN KEY (ledger_id, meter_code)
          REFERENCES record (ledger_id, code);
      DROP FUNCTION add_day_hours, take_day_hours;
    `);
  }
}
