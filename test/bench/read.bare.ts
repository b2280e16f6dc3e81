/**
 * A handler with nothing around it, in a process of its own, for `read.bench.ts`: Fastify and pg, the
 * statements that are given on stdin, and the rows of the last that gave any. Says where it is; ends
 * with its stdin.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { Sent } from './read.product.ts';

interface Given {
  readonly databaseUrl: string;
  readonly connectionsMax: number;
  readonly statements: readonly Sent[];
}

const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/platform-fastify'));
type Make = () => {
  get(path: string, handle: () => Promise<unknown>): void;
  listen(at: { host: string; port: number }): Promise<string>;
};
const { fastify } = require('fastify') as { fastify: Make };

const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => {
  const { databaseUrl, connectionsMax, statements } = JSON.parse(line) as Given;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connectionsMax });
  const server = fastify();
  server.get('/', async () => {
    const client = await pool.connect();
    try {
      let rows: unknown[] = [];
      for (const { text, values } of statements) {
        const answer = await client.query(text, values);
        if (!Array.isArray(answer) && answer.command === 'SELECT') ({ rows } = answer);
      }
      return { items: rows };
    } finally {
      client.release();
    }
  });
  void server
    .listen({ host: '127.0.0.1', port: 0 })
    .then((url) => process.stdout.write(`${JSON.stringify({ url })}\n`));
});
lines.once('close', () => process.exit(0));
