import type {
  ActResponse,
  EngagementResponse,
} from '../../features/engagements/engagement/engagements.schemas.js';
import type { AuditorReadsResponse } from '../../features/engagements/reads/auditor-reads.schemas.js';
import type { ItemTraceResponse } from '../../features/engagements/samples/sample-trace.schemas.js';
import type { SampleResponse } from '../../features/engagements/samples/samples.schemas.js';
import type {
  CompletenessResponse,
  InterventionsResponse,
} from '../../features/engagements/review/review.schemas.js';
import { grouped, table } from '../shell/render.js';

const by = ({ name, principalId, at }: ActResponse): string => `${name ?? principalId}, ${at}`;

const NEXT: Readonly<Record<string, string>> = {
  OPEN: 'An auditor fixes the state that is audited: npx mizan audit fix ENGAGEMENT',
  FIXED: 'The auditor gives a nonce: npx mizan audit nonce ENGAGEMENT TEXT',
  SEEDED: 'The auditor draws: npx mizan audit sample ENGAGEMENT load --tolerable WH',
  SIGNED_OFF: 'Nothing of it changes any more.',
};

/** Engagements, one a line. */
export function engagementsText(items: readonly EngagementResponse[]): string {
  if (items.length === 0) return 'No engagement is open. Open one: npx mizan audit open';
  const rows = items.map(({ engagementId, state, siteCode, months, standard, level }) => [
    engagementId,
    state,
    siteCode,
    months.from === months.to ? months.from : `${months.from} to ${months.to}`,
    `${standard}, ${level}`,
  ]);
  return table(['Engagement', 'State', 'Site', 'Months', 'Standard'], rows);
}

/** An engagement with all that was done in it. */
export function engagementText(of: EngagementResponse): string {
  const { engagementId, state, siteCode, months, standard, level, access } = of;
  return [
    `Engagement ${engagementId}: ${state}`,
    `${siteCode}, ${months.from} to ${months.to}; ${standard}, ${level}; opened by ${by(of.opened)}`,
    `Access from ${access.from} to ${access.to} for ${of.auditors.map(({ name, principalId }) => name ?? principalId).join(', ')}`,
    ...of.rounds.flatMap((round) => [
      `State ${round.round}: ${round.size} events, root ${round.root}, fixed by ${by(round.fixed)}`,
      ...round.statements.map(
        ({ month, version, statementId, sha256 }) =>
          `  ${month} statement version ${version}, ${statementId}, ${sha256}`,
      ),
      round.nonce === null
        ? '  no nonce yet'
        : `  nonce "${round.nonce.text}", given by ${by(round.nonce.given)}`,
    ]),
    ...of.samples.map(
      (sample) =>
        `Sample ${sample.sampleId}: ${sample.population}, ${sample.method}, ${sample.outcome.testedCount} of ${sample.items.length} items tested, ${sample.outcome.errorCount} errors`,
    ),
    ...of.threads.flatMap((thread) => [
      `${thread.kind === 'request' ? 'Request' : 'Finding'} ${thread.threadId}` +
        `${thread.dueOn === null ? '' : `, due ${thread.dueOn}`}, ${by(thread.raised)}: ${thread.text}`,
      ...thread.answers.map((one) => `  ${by(one.by)}: ${one.text}`),
      thread.closed === null
        ? '  open'
        : `  closed by ${by(thread.closed.by)}: ${thread.closed.outcome}`,
    ]),
    ...(of.signedOff === null ? [] : [`Signed off by ${by(of.signedOff.by)}`]),
    NEXT[state]!,
  ].join('\n');
}

/** A sample with its items. */
export function sampleText(sample: SampleResponse): string {
  const { unit, totals, outcome } = sample;
  const rows = sample.items.map(({ key, stratum, size, because, result }) => [
    key,
    stratum,
    grouped(size),
    because,
    result === null ? '' : grouped(result.audited),
    result?.note ?? '',
  ]);
  const how =
    sample.method === 'monetary-unit'
      ? `monetary-unit, ${sample.confidencePct} %, tolerable ${grouped(sample.tolerable!)} ${unit}: ` +
        `planned ${sample.plannedCount}, interval ${grouped(sample.interval!)}, start ${grouped(sample.start!)}`
      : `stratified, ${sample.plannedCount} wanted`;
  return [
    `Sample ${sample.sampleId} of ${sample.population}, ${how}`,
    `Population: ${totals.count} items, ${grouped(totals.total)} ${unit}, ${totals.zeroCount} of them empty; its table has SHA-256 ${sample.populationSha256}`,
    `Seed ${sample.seed}`,
    table(['Item', 'Stratum', unit, 'Because', 'Audited', 'Note'], rows, [2, 4]),
    outcomeLine(sample, outcome),
  ].join('\n');
}

function outcomeLine({ unit, tolerable }: SampleResponse, of: SampleResponse['outcome']): string {
  const tested = `${of.testedCount} of ${of.itemCount} tested, ${of.errorCount} errors`;
  if (of.total === null) return tested;
  const verdict =
    of.isTolerable === null
      ? 'not all are tested'
      : of.isTolerable
        ? `within the tolerable ${grouped(tolerable!)}`
        : `MORE than the tolerable ${grouped(tolerable!)}`;
  return `${tested}; projected misstatement ${grouped(of.total)} ${unit} (known ${grouped(of.known!)}): ${verdict}`;
}

/** A sampled item with its steps. */
export function traceText({
  item,
  key,
  stratum,
  size,
  checkpoint,
  steps,
}: ItemTraceResponse): string {
  const rows = steps.map(({ step, what, wh, seq, row, file }) => [
    step,
    what,
    wh === null ? '' : grouped(wh),
    row === null ? String(seq) : `${seq}, row ${row}`,
    file === null ? '' : `${file.fileName}:${file.line}, ${file.fileSha256}`,
  ]);
  return [
    `Item ${item}: ${key} (${stratum}), ${grouped(size)}`,
    `Each step is proven under the signed state of ${checkpoint.size} events, root ${checkpoint.root}`,
    table(['Step', 'What', 'Wh', 'Place in the log', 'File'], rows, [2]),
  ].join('\n');
}

/** Whether all is there. */
export function completenessText({
  log,
  independence,
  meters,
  certificates,
  files,
}: CompletenessResponse): string {
  const whole = log.isGapless ? 'none missing' : 'NOT WITHOUT A GAP';
  const root = log.isSignedRoot ? 'which come to the root that was signed' : 'NOT THE SIGNED ROOT';
  const hours = meters.map(({ month, meterCode, expectedCount, receivedCount, ...of }) => [
    month,
    meterCode,
    grouped(expectedCount),
    grouped(receivedCount),
    grouped(of.missingCount),
    Object.entries(of.shares)
      .map(([share, { hourCount }]) => `${share} ${hourCount}`)
      .join(', '),
  ]);
  const received = files.map((file) => [
    file.fileName,
    file.kind,
    ...[
      file.receivedCount,
      file.newCount + file.changedCount,
      file.identicalCount,
      file.rejectedCount,
      file.supersededDayCount,
      file.totalWh,
    ].map((count) => grouped(count)),
  ]);
  const fileHead = ['File', 'Kind', 'Rows', 'Accepted', 'Identical', 'Rejected', 'Days superseded'];
  return [
    `Log: ${log.count} of ${log.size} events, ${whole}, ${root}`,
    `Independence of this evidence: ${independence.level ?? 'none'}. ${
      independence.canBeForked
        ? 'Whoever runs the ledger could still show another history to somebody else.'
        : 'Another history would be seen.'
    }`,
    ...independence.rungs.map(({ rung, state, means }) => `  ${rung} ${state}: ${means.en}`),
    table(['Month', 'Meter', 'Hours', 'Received', 'Missing', 'Quality'], hours, [2, 3, 4]),
    table(
      ['Month', 'Certificates', 'Wh', 'Signed %', 'Cancelled %', 'Reserved only %'],
      certificates.map((one) => [
        one.month,
        grouped(one.certificateCount),
        grouped(one.wh),
        one.signedPct ?? 'n/a',
        one.cancelledPct ?? 'n/a',
        one.reservedPct ?? 'n/a',
      ]),
      [1, 2, 3, 4, 5],
    ),
    table([...fileHead, 'Wh'], received, [2, 3, 4, 5, 6, 7]),
  ].join('\n');
}

/** What the auditor read. */
export function readsText({ items }: AuditorReadsResponse): string {
  if (items.length === 0) return 'Nothing was read while the engagement gives access.';
  const rows = items.map(({ at, keyId, route, path, query, status }) => [
    at,
    keyId,
    route.startsWith('mizan ') ? `${route} ${path}` : route,
    route.startsWith('mizan ') ? '' : `${path}${query === null ? '' : `?${query}`}`,
    status === null ? '' : String(status),
  ]);
  return table(['When', 'Key', 'Route', 'Path', 'Status'], rows, [4]);
}

/** Every manual intervention. */
export function interventionsText({ items }: InterventionsResponse): string {
  if (items.length === 0) return 'No manual intervention in the months in scope.';
  const rows = items.map(({ at, kind, what, by: who, reason, effect }) => [
    at,
    kind,
    what,
    who.name ?? who.principalId,
    reason ?? '',
    effect.wh === null ? '' : grouped(effect.wh),
  ]);
  return table(['When', 'Kind', 'What', 'Who', 'Reason', 'Wh'], rows, [5]);
}
