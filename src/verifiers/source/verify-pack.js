/**
 * The checks of a pack (PACK section 8), for Node and browsers alike: bytes in, answer out, nothing read or sent
 * anywhere else. Written from the description of the format, without the code of the program that makes packs.
 */
import { endOfArchive, PORTABLE, readArchive } from './base/archive.js';
import { knowsEd25519 } from './base/signature.js';
import { checkFiles, checkSettlements, checkStatements } from './checks/documents.js';
import { checkFigures } from './checks/figures.js';
import {
  checkCheckpoint,
  checkConsistency,
  checkKeys,
  checkSignature,
  readTrusted,
} from './checks/keys.js';
import { checkLog, checkPopulation, checkRows, readEvents } from './checks/log.js';
import { checkContainer, checkManifest } from './checks/manifest.js';
import { checkTables } from './checks/tables.js';
import { CHECKS, NoPack, Report } from './report.js';

const AT_WORK_MS = 40;

/**
 * @typedef {object} Options
 * @property {string[]} [keys]  trusted: `NAME+ID+KEY` or `kid`; with none, that is noted
 * @property {{name: string, text: string}} [since]  a checkpoint that was kept, and what its file is called
 * @property {(check: string, done: number, of: number) => void} [onProgress]  told at each check
 * @property {import('./base/archive.js').Unpacking} [unpacking]  what else than the portable one unpacks
 * @property {() => Promise<void>} [rest]  lets others run; asked every 40 ms
 */

/**
 * @param {Uint8Array} bytes  of the archive
 * @param {Options} [options]
 * @returns {Promise<Report>}
 * @throws NoPack where it is no pack, or an option is none
 */
export async function verifyPack(bytes, options = {}) {
  const trusted = (options.keys ?? []).map((key) => {
    const read = readTrusted(key);
    if (read === null) throw new NoPack('option.key', { key });
    return read;
  });
  if (!(await knowsEd25519())) throw new NoPack('machine.no_ed25519');
  const end = endOfArchive(bytes);
  if (end < 0) throw new NoPack('pack.no_archive');
  const context = { trusted, since: options.since ?? null, report: new Report() };
  await readPack(bytes, end, context, { ...options, breathe: breather(options.rest) });
  return context.report;
}

/** Lets others run when work has gone on for a while, so that a page stays alive. */
function breather(rest) {
  let sinceMs = performance.now();
  return async () => {
    if (rest === undefined || performance.now() - sinceMs < AT_WORK_MS) return;
    await rest();
    sinceMs = performance.now();
  };
}

/** Every check in turn; one that another's failure keeps from being made says so. */
async function readPack(bytes, end, { trusted, since, report }, options) {
  const { breathe, onProgress, unpacking = PORTABLE } = options;
  const run = async (name, work, needs = []) => {
    onProgress?.(name, CHECKS.indexOf(name), CHECKS.length);
    await breathe();
    const check = report.of(name);
    const missing = needs.find((need) => need === null || need === undefined);
    if (missing !== undefined) {
      check.fail('not_checked');
      return null;
    }
    try {
      return await work(check);
    } catch (error) {
      if (error instanceof NoPack) throw error;
      // A form that no check foresaw is no reason to stop, and never one to pass.
      check.fail('unreadable', { reason: error instanceof Error ? error.message : '' });
      return null;
    }
  };
  const files = await run('container', async (check) => {
    const fail = (code, path, values = {}) =>
      check.fail(code, path === null ? values : { file: path, ...values });
    const read = await readArchive(bytes, end, { fail, unpacking }, breathe);
    if (!read.has('manifest.json')) throw new NoPack('pack.no_manifest');
    checkContainer(check, read, bytes.length);
    return read;
  });
  const manifest = await run('manifest', (check) => checkManifest(check, files, breathe), [files]);
  report.subject = manifest;
  const flaws = [];
  const events =
    manifest === null
      ? null
      : await readEvents(files, manifest, (code, values) => flaws.push([code, values]), breathe);
  const known = await run(
    'keys',
    (check) => checkKeys(check, files, { manifest, events, trusted }),
    [events],
  );
  const signed = { manifest, ...known };
  await run('signature', (check) => checkSignature(check, files, signed), [known]);
  await run('checkpoint', (check) => checkCheckpoint(check, files, signed), [known]);
  const kept = { ...signed, since };
  await run('consistency', (check) => checkConsistency(check, files, kept), [known]);
  await run(
    'log',
    (check) => {
      for (const [code, values] of flaws) check.fail(code, values);
      checkLog(check, files, { manifest, events });
    },
    [events],
  );
  await run('population', (check) => checkPopulation(check, { manifest, events }), [events]);
  const rows = await run('rows', (check) => checkRows(check, files, { events }, breathe), [events]);
  const pack = { manifest, events, rows, keys: known?.keys };
  const statements = await run('statements', (check) => checkStatements(check, files, pack), [
    rows,
    known,
  ]);
  const settlements = await run('settlements', (check) => checkSettlements(check, files, pack), [
    rows,
  ]);
  await run('files', (check) => checkFiles(check, files, pack, breathe), [events]);
  const documents = { ...pack, statements, settlements };
  const entries = await run('tables', (check) => checkTables(check, files, documents, breathe), [
    rows,
    statements,
    settlements,
  ]);
  await run('figures', (check) => checkFigures(check, { ...documents, entries }), [entries]);
  onProgress?.('figures', CHECKS.length, CHECKS.length);
}
