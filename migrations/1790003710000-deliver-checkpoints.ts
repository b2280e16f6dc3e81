import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Checkpoints that are sent to somebody who keeps a copy (LEDGER 17): what was sent, when, and what became of it.
 *
 * What must survive a bug in our code: a month's last checkpoint is sent once, and one that was delivered says when.
 */
export class DeliverCheckpoints1790003710000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE checkpoint_delivery (
        ledger_id      uuid         NOT NULL,
        delivery_id    uuid         NOT NULL,
        size           bigint       NOT NULL,
        kid            text         NOT NULL,
        month          text,
        state          text         NOT NULL,
        requested_at   timestamptz  NOT NULL,
        attempt_count  integer      NOT NULL,
        next_at        timestamptz,
        delivered_at   timestamptz,
        problem        text,
        CONSTRAINT checkpoint_delivery_is_asked_for_once PRIMARY KEY (ledger_id, delivery_id),
        CONSTRAINT month_end_is_delivered_once UNIQUE (ledger_id, month),
        CONSTRAINT delivery_is_of_a_checkpoint FOREIGN KEY (ledger_id, size, kid)
          REFERENCES checkpoint (ledger_id, size, kid),
        CONSTRAINT delivery_state_is_known CHECK (state IN ('waiting', 'delivered', 'failed')),
        CONSTRAINT delivery_counts_attempts CHECK (attempt_count >= 0),
        CONSTRAINT waiting_delivery_has_a_time CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
        CONSTRAINT delivered_checkpoint_says_when CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
      );
      CALL protect_table('checkpoint_delivery', append_only => false);
      GRANT UPDATE ON checkpoint_delivery TO mizan_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE checkpoint_delivery;');
  }
}
