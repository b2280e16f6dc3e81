import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SPOOL_ABOVE_BYTES, spoolAnswers } from './answers.js';

describe('long answers', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-answers-'));
  const folder = join(dataDir, 'answers');
  const long = 'x'.repeat(SPOOL_ABOVE_BYTES + 1);
  const server = async () => {
    const fastify = new FastifyAdapter().getInstance();
    spoolAnswers(fastify, { dataDir, stalledMs: 0 });
    fastify.get('/', (_request, reply) => reply.send(long));
    await fastify.ready();
    return fastify;
  };
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('wait in a folder of the process; what a killed one left is swept at the next start', async () => {
    mkdirSync(join(folder, 'of-killed'), { recursive: true });
    writeFileSync(join(folder, 'of-killed', '1'), 'left');
    const first = await server();
    expect(readdirSync(folder)).toEqual([]);
    expect((await first.inject('/')).body).toBe(long);
    expect(readdirSync(folder)).toHaveLength(1);

    // A second one beside it takes the folder of the first for one that was left.
    const second = await server();
    expect(readdirSync(folder)).toEqual([]);
    expect((await first.inject('/')).body).toBe(long);
    expect(readdirSync(folder)).toHaveLength(1);
    await Promise.all([first.close(), second.close()]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
