import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A meter's intervals may have another length from an instant on; blocks say theirs by themselves.
 *
 * What must survive a bug in our code: changes are a list.
 */
export class DateIntervalLengths1790003531000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE meter
        -- [{ "from": instant, "intervalMinutes": n }, …], ascending; null where it never changed.
        ADD COLUMN interval_changes jsonb,
        ADD CONSTRAINT meter_interval_changes_are_a_list CHECK (
          jsonb_typeof(interval_changes) = 'array');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE meter DROP COLUMN interval_changes;`);
  }
}
