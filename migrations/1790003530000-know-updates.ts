import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the source last updated what it says of an interval: the older of two versions never replaces
 * the newer one, in whichever order they come (METHOD 2.7). Blocks from before state no times.
 *
 * What must survive a bug in our code: times are runs of a position and an instant.
 */
export class KnowUpdates1790003530000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE interval_block
        -- Position and ms since 1970, flattened; 0 where the source does not say.
        ADD COLUMN updates bigint[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT interval_block_updates_are_runs CHECK (
          cardinality(updates) % 2 = 0 AND cardinality(updates) <= 2 * cardinality(wh));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE interval_block DROP COLUMN updates;`);
  }
}
