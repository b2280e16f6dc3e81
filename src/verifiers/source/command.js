/** `node verify.mjs PACK.zip`: the checks at a terminal. */
import { isAscii } from 'node:buffer';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import { PORTABLE } from './base/archive.js';
import { means } from './base/means.js';
import { linesOf, NoPack, textOf } from './report.js';
import { EN } from './texts/en.js';
import { verifyPack } from './verify-pack.js';

const LEAST_NODE = [22, 0];
const EXIT = { good: 0, failed: 1, noPack: 2 };

Object.assign(means, {
  sha256: (parts) =>
    new Uint8Array(hash('sha256', parts.length === 1 ? parts[0] : Buffer.concat(parts), 'buffer')),
  base64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
  ascii: (bytes) =>
    isAscii(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).latin1Slice() : null,
});

/** The first releases of Node 22 have no CRC-32. */
const OF_NODE = { inflated, crc32: zlib.crc32 ?? PORTABLE.crc32 };

function inflated(packed, size) {
  try {
    // One chunk: what came in many would be copied again.
    const limits = {
      maxOutputLength: Math.max(size, 1),
      chunkSize: Math.max(size, 64),
      info: true,
    };
    const { buffer, engine } = zlib.inflateRawSync(packed, limits);
    const isWhole = buffer.length === size && engine.bytesWritten === packed.length;
    return Promise.resolve(isWhole ? buffer : null);
  } catch {
    return Promise.resolve(null);
  }
}

/** @returns {Promise<number>} exit code */
async function run(args) {
  let isJson = false;
  let file = null;
  try {
    const [major] = process.versions.node.split('.').map(Number);
    if (major < LEAST_NODE[0]) {
      throw new NoPack('machine.old_node', {
        is: process.versions.node,
        least: LEAST_NODE.join('.'),
      });
    }
    isJson = args.includes('--json');
    const asked = optionsOf(args);
    const { options } = asked;
    file = asked.file;
    if (file === null) {
      process.stdout.write(`${EN.usage}\n`);
      return EXIT.good;
    }
    const report = await verifyPack(bytesOf(file), { ...options, unpacking: OF_NODE });
    const isGood = report.failedCount === 0;
    process.stdout.write(isJson ? jsonOf(file, report) : proseOf(report));
    return isGood ? EXIT.good : EXIT.failed;
  } catch (error) {
    const { code, values } =
      error instanceof NoPack ? error : { code: 'unreadable', values: { reason: String(error) } };
    const message = textOf(EN, code, values);
    process.stderr.write(`${message}\n`);
    if (isJson) writeJson({ pack: file, exit: EXIT.noPack, error: message });
    return EXIT.noPack;
  }
}

const jsonText = (value) => `${JSON.stringify(value, null, 2)}\n`;

const writeJson = (value) => process.stdout.write(jsonText(value));

/** A kid may begin with a hyphen: what follows an option is its value, whatever it is. */
function joined(args) {
  const left = [...args];
  const made = [];
  while (left.length > 0) {
    const one = left.shift();
    const takes = ['--key', '--since'].includes(one) && left.length > 0;
    made.push(takes ? `${one}=${left.shift()}` : one);
  }
  return made;
}

/** What was asked for; no file where help is. */
function optionsOf(args) {
  let read;
  try {
    read = parseArgs({
      args: joined(args),
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        since: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new NoPack('option.unknown', { reason: error.message.split('\n')[0].split('. To ')[0] });
  }
  const { values, positionals } = read;
  if (values.help === true) return { file: null, options: {} };
  if (positionals.length !== 1) throw new NoPack('option.one_pack', { count: positionals.length });
  const since =
    values.since === undefined ? undefined : { name: values.since, text: textFile(values.since) };
  return { file: positionals[0], options: { keys: values.key ?? [], since } };
}

function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new NoPack('option.no_file', { path: file, reason: error.code ?? error.message });
  }
}

const textFile = (file) => bytesOf(file).toString('utf8');

const NAME_CHARS = 12;

/** One line a check, further findings under it. */
function proseOf(report) {
  const lines = linesOf(report, EN);
  const printed = lines.map(({ check, status, message }, at) => {
    const isSame = lines[at - 1]?.check === check && lines[at - 1].status === status;
    const name = isSame ? '' : check;
    return `${(isSame ? '' : status).padEnd(4)}  ${name.padEnd(NAME_CHARS)}  ${message}`;
  });
  return `${[...printed, '', verdictOf(report)].join('\n')}\n`;
}

const verdictOf = ({ failedCount, checks }) =>
  textOf(EN, failedCount === 0 ? 'verdict.good' : 'verdict.failed', {
    count: failedCount,
    of: checks.size,
  });

function jsonOf(file, report) {
  const lines = Map.groupBy(linesOf(report, EN), ({ check }) => check);
  const checks = [...lines].map(([check, of]) => ({
    check,
    result: of[0].status,
    says: of.map(({ message }) => message),
  }));
  return jsonText({ pack: file, exit: report.failedCount === 0 ? EXIT.good : EXIT.failed, checks });
}

process.exitCode = await run(process.argv.slice(2));
