import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events are looked up by their type, keys that sign among them by anybody (LEDGER 13): by an index, not by
 * reading the log.
 */
export class FindEventsByType1790003580000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('CREATE INDEX ledger_event_by_type ON ledger_event (ledger_id, type, seq);');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX ledger_event_by_type;');
  }
}
