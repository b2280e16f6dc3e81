import type {
  LineBasis,
  TracedLine,
} from '../../features/settlement/questions/settlement-trace.service.js';
import type { TracedEntry } from '../../features/journal/journal-trace.service.js';
import type { TracedHour } from '../../features/matching/questions/hour-trace.service.js';
import type { TracedCheckLine } from '../../features/payables/checks/invoice-trace.service.js';
import type { Trace } from '../../features/statements/trace.service.js';
import { mwh, shown, table } from '../shell/render.js';

/** A trace for the terminal: the figure, its sum, its factors, and one hour down to file lines. */
export function traceText(trace: Trace): string {
  const { figure, sumWh, tiesOut, hours, factors, opened, runId } = trace;
  const [value, unit] = shown(figure);
  const ties = tiesOut === null ? 'made from' : tiesOut ? 'is the sum of' : 'DOES NOT TIE to';
  return [
    `${figure.label} = ${value} ${unit}   (${figure.formula})`,
    `  ${ties} ${mwh(sumWh)} MWh over ${hours.length} hours (${figure.measure}), run ${runId}`,
    ...factors.map(
      (factor) =>
        `  factor ${factor.code}@${factor.version}, ${factor.kind} of ${factor.zone}: ` +
        `${factor.publisher}, ${factor.title} (${factor.vintage})` +
        (factor.gPerKwh === null ? '' : `, ${factor.gPerKwh} g/kWh in the hour below`),
    ),
    ...(opened === null ? [] : hourText(opened)),
  ].join('\n');
}

/** A line of a settlement for the terminal, down to one hour. */
export function lineTraceText(traced: TracedLine): string {
  const { run, period, runVersion, contractCode, contractVersion, matching, hours } = traced;
  const ties = traced.tiesOut === true ? 'is the sum of' : 'DOES NOT TIE to';
  return [
    `${contractCode} ${period}, ${run}, version ${runVersion}, by contract version ${contractVersion}`,
    ...basisText(traced),
    ...(hours === null
      ? ['  no hours: the line has none, or another engine made the run']
      : [`  ${ties} ${traced.sumMad} MAD over ${hours.length} hours`]),
    `  matched by ${matching.map((one) => `${one.month} run ${one.matchingRunId}`).join(', ')}`,
    ...(traced.opened === null ? [] : hourText(traced.opened)),
  ].join('\n');
}

/** A line of a check for the terminal, with our lines behind it. */
export function checkTraceText(traced: TracedCheckLine): string {
  const { line, number, fileName, fileSha256, runId, runVersion, contractCode } = traced;
  return [
    `${number} (${fileName}, SHA-256 ${fileSha256}), line ${traced.at}: ${line.label}`,
    `  theirs ${line.theirs?.amountMad ?? 'none'} MAD, ours ${line.ours?.amountMad ?? 'none'}, ` +
      `variance ${line.varianceMad} (${line.classes.join(', ') || 'none'})`,
    ...line.says.map((one) => `  ${one}`),
    `  checked against settlement ${runId}, version ${runVersion}, contract ${contractCode} version ${traced.contractVersion}`,
    ...linesText(runId, traced.ours),
  ].join('\n');
}

/** An entry of the books for the terminal, with what it books. */
export function entryTraceText(traced: TracedEntry): string {
  const { entry, document, settlement, accountMap, sequence, month } = traced;
  return [
    `Batch ${sequence} of ${month}, entry ${traced.at}: ${entry.label}, ${entry.date}`,
    table(
      ['Account', 'Debit', 'Credit'],
      entry.lines.map(({ account, debitMad, creditMad }) => [account, debitMad, creditMad]),
      [1, 2],
    ),
    `  accounts by ${accountMap.code}@${accountMap.version}`,
    ...(document === null
      ? []
      : [
          `  document ${document.row.number} (${document.row.fileName}, SHA-256 ${document.row.fileSha256}), id ${document.row.invoiceId}: ` +
            ['RECEIVED', ...document.steps.map(({ state }) => state)].join(', '),
        ]),
    ...(settlement === null
      ? []
      : [
          `  settlement ${settlement.runId} of ${settlement.period}, version ${settlement.runVersion}, by contract version ${settlement.contractVersion}`,
          ...linesText(settlement.runId, settlement.lines),
        ]),
  ].join('\n');
}

function linesText(runId: string, lines: readonly LineBasis[]): string[] {
  if (lines.length === 0) return ['  nothing of ours answers to it'];
  return [
    ...lines.flatMap(basisText),
    `  down to the hours: mizan trace ${runId} LINE (${lines.map(({ at }) => at).join(', ')})`,
  ];
}

function basisText({ at, line, clauses, rows }: LineBasis): string[] {
  const price = line.price === null ? 'by hour' : `${line.price} ${line.priceUnit}`;
  return [
    `${at}. ${line.label}: ${line.quantity} ${line.unit} × ${price} = ${line.amountMad} MAD   (${line.formula})`,
    ...line.trace.map(({ step, rule, output }) => `  ${step}, ${rule}: ${output}`),
    ...rows.map(
      ({ kind, id, confidence, ...fields }) =>
        `  ${kind} ${id} (${confidence}): ${Object.entries(fields)
          .filter(([, value]) => typeof value !== 'object')
          .map(([name, value]) => `${name} ${String(value)}`)
          .join(', ')}`,
    ),
    ...clauses.map(({ pointer, en }) => `  ${pointer}: ${en}`),
  ];
}

function hourText(opened: TracedHour): string[] {
  return [
    '',
    `Hour ${opened.hour}: load ${mwh(opened.loadWh)}, generation ${mwh(opened.generationWh)}, ` +
      `matched ${mwh(opened.matchedWh)} MWh`,
    '',
    table(
      ['Certificate', 'Plant', 'MWh', 'Matched', 'File line'],
      opened.certificates.map((one) => [
        `${one.externalId} (${one.issuer})`,
        one.plantCode,
        mwh(one.wh),
        mwh(one.matchedWh),
        one.file === null ? 'given back by storage' : `${one.file.fileName}:${one.file.line}`,
      ]),
      [2, 3],
    ),
    '',
    table(
      ['Meter', 'Day, revision', 'MWh', 'Matched', 'File lines'],
      opened.meters.map((one) => [
        one.meterCode,
        `${one.utcDay} r${one.revision}${one.acceptedBecause === null ? '' : `, SUSPECT, accepted: ${one.acceptedBecause}`}`,
        mwh(one.wh),
        mwh(one.matchedWh),
        fileLines(one.readings),
      ]),
      [2, 3],
    ),
    ...opened.meters.flatMap(({ meterCode, readings }) =>
      readings.flatMap((reading) => madeText(meterCode, reading)),
    ),
    '',
    table(
      ['Plant', 'covers meter', 'MWh'],
      opened.pairs.map(({ plantCode, meterCode, wh }) => [plantCode, meterCode, mwh(wh)]),
      [2],
    ),
  ];
}

type Reading = TracedHour['meters'][number]['readings'][number];

/** Who decided on a reading and why, and how it was estimated; nothing of one that is as it came. */
function madeText(meterCode: string, reading: Reading): string[] {
  const { start, wh, quality, decision, estimate, before } = reading;
  const stood = before?.wh == null ? 'missing' : `${mwh(before.wh)} MWh ${before.quality}`;
  const by = (one: { readonly principalId: string; readonly name: string | null }): string =>
    one.name ?? one.principalId;
  const of = `${meterCode} ${start}, ${mwh(wh)} MWh ${quality}`;
  return [
    ...(estimate === null
      ? []
      : [
          `${of}: estimated by ${estimate.method}, confidence ${estimate.confidence}, ` +
            `by ${by(estimate)} on ${estimate.recordedAt}; before: ${stood}`,
        ]),
    ...(decision === null
      ? []
      : [
          `${of}: ${decision.action} of finding ${decision.rule}, “${decision.reason}”, ` +
            `by ${by(decision)} on ${decision.recordedAt}` +
            (estimate === null && before !== null ? `; before: ${stood}` : ''),
        ]),
  ];
}

function fileLines(readings: readonly Pick<Reading, 'file' | 'estimate' | 'before'>[]): string {
  const byFile = new Map<string, number[]>();
  // What an override or an estimate stands in the place of has a line too, which did not bring the value.
  for (const { file, before } of readings) {
    if (file === null || before !== null) continue;
    byFile.set(file.fileName, [...(byFile.get(file.fileName) ?? []), file.line]);
  }
  const lines = [...byFile].map(([name, places]) => `${name}:${places.join(',')}`);
  const made = readings.some(({ before }) => before !== null)
    ? ['decided or estimated, below']
    : [];
  return [...lines, ...made].join(' ');
}
