import type { IntervalPreview } from '../../features/metering/intake/interval-preview.schemas.js';
import { grouped, mwh, table } from '../shell/render.js';

/** Readings that were not taken, in a line each. */
export function leftText({
  heldCount = 0,
  outdatedCount = 0,
}: Partial<Pick<IntervalPreview, 'heldCount' | 'outdatedCount'>>): string[] {
  const decide = 'see validation exceptions';
  return [
    ...(heldCount === 0
      ? []
      : [`${grouped(heldCount)} readings below a decision were not taken; ${decide}`]),
    ...(outdatedCount === 0
      ? []
      : [
          `${grouped(outdatedCount)} readings are older than what the source said since, and were not taken; ${decide}`,
        ]),
  ];
}

/** A preview for the terminal: four counts, what is incomplete, what changes, what is rejected. */
export function previewText(fileName: string, preview: IntervalPreview, hash: string): string {
  const { newCount, identicalCount, changedCount, rejectedCount } = preview;
  // A preview of an earlier version of the software does not say it.
  const { encoding = 'utf-8' } = preview as Partial<IntervalPreview>;
  const written = encoding === 'utf-8' ? '' : `read as ${encoding}`;
  const form = [preview.format, written, preview.readAs].filter(Boolean).join(', ');
  const section = (title: string, body: string): string[] =>
    body === '' ? [] : ['', ...(title === '' ? [] : [title]), body];
  const meters = preview.meters.map((meter) => [
    meter.meterCode,
    mwh(meter.totalWh),
    `${grouped(meter.presentCount)} of ${grouped(meter.expectedCount)}`,
    meter.incompleteDays.slice(0, 5).join(' ') + (meter.incompleteDays.length > 5 ? ' …' : ''),
  ]);
  const changes = preview.changes.map(({ meterCode, start, oldWh, newWh, newQuality, line }) => [
    meterCode,
    start,
    grouped(oldWh ?? '–'),
    grouped(newWh ?? '–'),
    newQuality,
    `line ${line}`,
  ]);
  const repeated = preview.repeated.map(({ line, sameAsLine, meterCode, start }) => [
    `line ${line}`,
    `same as line ${sameAsLine}`,
    meterCode,
    start,
  ]);
  const problems = preview.problems.map(({ row, column, value, rule, detail, fix }) => [
    `line ${row}`,
    column,
    value.slice(0, 30),
    rule,
    `${detail} ${fix}`,
  ]);
  return [
    `${fileName} (${form}): ${grouped(newCount)} new, ${grouped(identicalCount)} identical, ` +
      `${grouped(changedCount)} changed, ${grouped(rejectedCount)} rejected`,
    `Control total ${mwh(preview.totalWh)} MWh; committing adds ${mwh(preview.changeWh)} MWh. Nothing was written.`,
    ...leftText(preview),
    ...section('', table(['Meter', 'MWh', 'Intervals present', 'Days with gaps'], meters, [1])),
    ...preview.months.map(
      ({ month, rowCount, effect }) => `${month}: ${grouped(rowCount)} rows; ${effect}`,
    ),
    ...(changes.length === 0
      ? []
      : section(
          'Changed (the first 100)',
          table(['Meter', 'Start', 'Old Wh', 'New Wh', 'Quality', ''], changes, [2, 3]),
        )),
    ...(repeated.length === 0
      ? []
      : section(
          'Said twice in the file; each counts once',
          table(['', '', 'Meter', 'Start'], repeated),
        )),
    ...(preview.leftOut.length === 0
      ? []
      : section(
          'Left out',
          preview.leftOut
            .map((one) => `${one.channel}: ${one.reason} (${one.rowCount} readings)`)
            .join('\n'),
        )),
    ...(problems.length === 0
      ? []
      : section(
          'Rejected (the first 100)',
          table(['', 'Column', 'Value', 'Rule', 'What is wrong, and how to mend it'], problems),
        )),
    '',
    `Commit exactly this with --preview-hash ${hash}`,
  ].join('\n');
}
