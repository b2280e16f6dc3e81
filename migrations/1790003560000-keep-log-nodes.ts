import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The complete nodes of each log's RFC 6962 tree are kept as it grows, so that a proof reads a few hashes
 * and not the log (LEDGER 3). Logs from before are filled.
 *
 * What must survive a bug in our code: a node is written once and never changed.
 */
export class KeepLogNodes1790003560000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE log_node (
        ledger_id   uuid      NOT NULL,
        level       smallint  NOT NULL,
        node_index  bigint    NOT NULL,
        hash        bytea     NOT NULL,
        CONSTRAINT log_node_is_written_once PRIMARY KEY (ledger_id, level, node_index),
        CONSTRAINT log_node_belongs_to_a_ledger FOREIGN KEY (ledger_id) REFERENCES ledger (ledger_id),
        CONSTRAINT log_node_is_above_the_leaves CHECK (level BETWEEN 1 AND 52),
        CONSTRAINT log_node_has_a_place CHECK (node_index >= 0),
        CONSTRAINT log_node_hash_has_32_bytes CHECK (octet_length(hash) = 32)
      );
      ALTER TABLE ledger_head ADD COLUMN subtrees bytea NOT NULL DEFAULT '';
      ALTER TABLE ledger_head NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE ledger_event NO FORCE ROW LEVEL SECURITY;
      INSERT INTO log_node
        SELECT l.ledger_id, 1, l.seq / 2, sha256('\\x01'::bytea || l.leaf_hash || r.leaf_hash)
        FROM ledger_event l
          JOIN ledger_event r ON r.ledger_id = l.ledger_id AND r.seq = l.seq + 1
        WHERE l.seq % 2 = 0;
      DO $$
      DECLARE
        below smallint := 1;
      BEGIN
        LOOP
          INSERT INTO log_node
            SELECT l.ledger_id, below + 1, l.node_index / 2,
              sha256('\\x01'::bytea || l.hash || r.hash)
            FROM log_node l
              JOIN log_node r ON r.ledger_id = l.ledger_id AND r.level = below
                AND r.node_index = l.node_index + 1
            WHERE l.level = below AND l.node_index % 2 = 0;
          EXIT WHEN NOT FOUND;
          below := below + 1;
        END LOOP;
      END $$;
      UPDATE ledger_head h SET subtrees = coalesce((
        SELECT string_agg(coalesce(n.hash, e.leaf_hash), ''::bytea ORDER BY bit DESC)
        FROM generate_series(0, 52) bit
          LEFT JOIN log_node n ON n.ledger_id = h.ledger_id AND n.level = bit
            AND n.node_index = (h.size >> bit) - 1
          LEFT JOIN ledger_event e ON bit = 0 AND e.ledger_id = h.ledger_id AND e.seq = h.size - 1
        WHERE (h.size >> bit) & 1 = 1), ''::bytea);
      ALTER TABLE ledger_event FORCE ROW LEVEL SECURITY;
      ALTER TABLE ledger_head FORCE ROW LEVEL SECURITY;
      ALTER TABLE ledger_head ALTER COLUMN subtrees DROP DEFAULT,
        ADD CONSTRAINT ledger_head_subtrees_are_hashes CHECK (octet_length(subtrees) % 32 = 0);
      CALL protect_table('log_node', append_only => true);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE ledger_head
        DROP CONSTRAINT ledger_head_subtrees_are_hashes,
        DROP COLUMN subtrees;
      DROP TABLE log_node;
    `);
  }
}
