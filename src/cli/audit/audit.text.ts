import type {
  ActResponse,
  EngagementResponse,
} from '../../features/engagements/engagement/engagements.schemas.js';
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

/** Whether all is there. */
export function completenessText({ log, meters, files }: CompletenessResponse): string {
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
    table(['Month', 'Meter', 'Hours', 'Received', 'Missing', 'Quality'], hours, [2, 3, 4]),
    table([...fileHead, 'Wh'], received, [2, 3, 4, 5, 6, 7]),
  ].join('\n');
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
