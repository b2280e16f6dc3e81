import { type Canonical, canonicalJson } from '../../ledger/canonical.js';
import { EVENT_DOMAIN } from '../../ledger/event.js';
import { leafHash, toHex } from '../../ledger/merkle.js';
import { type Gap, rootWithGaps } from '../left-out.js';
import type { PackFiles, PackManifest } from '../manifest.js';
import { type EventHeader, type PackLog, readHeader } from '../pack-log.js';
import { ATTESTED, isInPopulation, populationOf } from '../population.js';
import { type Failed, hexBytes, linesOf, no, objectOf, textOf } from './pack-text.js';

/** Reads the events of a pack and the rows of each. */
export function logOf(files: PackFiles): PackLog | Failed {
  const lines = linesOf(textOf(files, 'log/events.jsonl'));
  if (lines === null) return no('log/events.jsonl is missing, or not lines of text.');
  const headers: EventHeader[] = [];
  for (const [at, line] of lines.entries()) {
    const value = objectOf(line);
    const isEvent = value?.['@'] === EVENT_DOMAIN && typeof value['seq'] === 'number';
    if (!isEvent || typeof value['rowCount'] !== 'number') {
      return no(`log/events.jsonl, line ${at + 1} is no event.`);
    }
    headers.push(readHeader(line));
  }
  const rows = linesOf(textOf(files, 'log/rows.jsonl'));
  if (rows === null) return no('log/rows.jsonl is missing, or not lines of text.');
  const wanted = headers.reduce((sum, { rowCount }) => sum + rowCount, 0);
  if (wanted !== rows.length) {
    return no(`log/rows.jsonl has ${rows.length} rows; its events sealed ${wanted}.`);
  }
  let next = 0;
  const byEvent = headers.map(({ rowCount }) => rows.slice(next, (next += rowCount)));
  return { headers, rows: byEvent };
}

/** Whether each event stands at its place in the log that was signed. */
export function logInTree(files: PackFiles, manifest: PackManifest, log: PackLog): Failed | string {
  const other = log.headers.find(({ ledgerId }) => ledgerId !== manifest.ledgerId);
  if (other !== undefined) return no(`log/events.jsonl: event ${other.seq} is of another ledger.`);
  const late = log.headers.find(({ seq }, at) => at > 0 && seq <= log.headers[at - 1]!.seq);
  if (late !== undefined) return no(`log/events.jsonl: event ${late.seq} is out of its order.`);
  const { size, root } = manifest.checkpoint;
  const left = objectOf(textOf(files, 'log/left-out.json'));
  const listed = left?.['gaps'];
  if (left?.['size'] !== size || !Array.isArray(listed)) {
    return no('log/left-out.json is missing, or not of the log that was signed.');
  }
  const gaps = listed.map((gap) => {
    const { begin, end, nodes } = gap as unknown as { begin: number; end: number; nodes: string[] };
    return { begin, end, nodes: Array.isArray(nodes) ? nodes.map(hexBytes) : [] };
  });
  const whole = gaps.find(
    ({ begin, end, nodes }) =>
      !Number.isSafeInteger(begin) ||
      !Number.isSafeInteger(end) ||
      begin < 0 ||
      end > size ||
      nodes.some(({ length }) => length !== 32),
  );
  if (whole !== undefined) return no('log/left-out.json has a gap that is none.');
  const lines = linesOf(textOf(files, 'log/events.jsonl'))!;
  const leaves = log.headers.map(({ seq }, at) => ({ seq, hash: leafHash(lines[at]!) }));
  const found = rootWithGaps(leaves, gaps as readonly Gap[], size);
  if ('fault' in found) return no(`log: ${found.fault}`);
  const leftOut = size - leaves.length;
  return toHex(found) === root
    ? `${leaves.length} events stand at their places among ${size}; ${leftOut} are left out`
    : no('log/events.jsonl and log/left-out.json do not give the root that was signed.');
}

/** Whether the events are those that the log sealed as the month’s, all of them. */
export function populationFault(manifest: PackManifest, { headers }: PackLog): Failed | string {
  const { month, siteCode, attestationId, seq, population, label } = manifest;
  const last = headers.at(-1);
  if (last?.type !== ATTESTED || last.seq !== seq) {
    return no(
      `log/events.jsonl does not end with the event ${seq} that sealed what is in the pack.`,
    );
  }
  const members = headers.slice(0, -1);
  const strange = members.find((header) => !isInPopulation(header, month));
  if (strange !== undefined) {
    return no(
      `log/events.jsonl: event ${strange.seq} (${strange.type}) does not matter to ${month}.`,
    );
  }
  const late = members.find((header) => header.seq >= population.before);
  if (late !== undefined || population.before > seq) {
    return no(`log/events.jsonl: event ${late?.seq ?? seq} came after what was counted.`);
  }
  const sealed = last.body as { readonly [name: string]: Canonical };
  const again = populationOf(
    members.map((header) => leafHash(canonicalJson(header as never))),
    population.before,
  );
  const isSealed =
    sealed['attestationId'] === attestationId &&
    sealed['month'] === month &&
    sealed['siteCode'] === siteCode &&
    sealed['label'] === label &&
    canonicalJson(sealed['population'] ?? null) === canonicalJson({ ...population });
  if (!isSealed) return no(`Event ${seq} sealed another pack than manifest.json says.`);
  return again.count === population.count && again.root === population.root
    ? `${again.count} events matter to ${month}: all that event ${seq} sealed`
    : no(`log/events.jsonl is not the population that event ${seq} sealed.`);
}
