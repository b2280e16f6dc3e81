import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { terminal } from '../support/cli.js';

const NODE = resolve('node_modules/.bin/node');

describe('a reader of the terminal who goes', () => {
  /** Runs a command whose pipe nobody reads: its reading end is closed before a byte is written. */
  const unread = async (args: readonly string[], input = '') => {
    const child = spawn(NODE, [resolve('dist/bin/cli.js'), ...args], { env: terminal({}) });
    child.stdout.destroy();
    child.stdin.end(input);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code, signal] = await once(child, 'close');
    return { code, signal, stderr };
  };

  it.each([
    ['of the API’s description', ['openapi'], ''],
    ['of a schema', ['calc', 'settle', '--schema'], ''],
    ['of a figure', ['calc', 'match', '--json'], '{"policy":"pro-rata","hours":[]}'],
    ['of the help', ['--help'], ''],
    ['of the help of a command', ['settle', '--help'], ''],
  ])('ends the command quietly, and well: %s', async (_, args, input) => {
    expect(await unread(args, input)).toEqual({ code: 0, signal: null, stderr: '' });
  });

  it('changes nothing of a refusal: it is said, with its code', async () => {
    const { code, stderr } = await unread(['calc', 'match'], '{}');
    expect([code, stderr]).toEqual([2, expect.stringContaining('request.invalid')]);
  });

  it('ends it too after a line of it was read', async () => {
    const pipe = '("$0" "$1" openapi; echo "ended with $?" >&2) | head -1';
    const child = spawn('sh', ['-c', pipe, NODE, resolve('dist/bin/cli.js')], {
      env: terminal({}),
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    expect([stdout, stderr]).toEqual(['{\n', 'ended with 0\n']);
  });
});
