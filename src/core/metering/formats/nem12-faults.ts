import { type FieldRow, rowText } from '../../tabular/delimited.js';
import type { IntakeMeter, RowFault } from '../intake/intake.js';

const ASK = 'Ask the sender for the whole file again.';
/** The file does not begin as NEM12 does. */
export const noHeader = (row: FieldRow, kind: string): RowFault => {
  const value = rowText(row).slice(0, 64);
  if (kind === '250' || /^100,NEM13/i.test(value)) {
    return {
      column: 'record',
      value,
      rule: 'nem12.interval_data',
      detail:
        'This is NEM13: readings of accumulation registers, months apart. They are not interval data.',
      fix: 'Ask the sender for NEM12, the interval data of the same NMI.',
    };
  }
  const isRecord = /^[2349]00$/.test(kind);
  return {
    column: 'record',
    value,
    rule: 'nem12.header_first',
    detail: isRecord
      ? `This is NEM12 without its 100 record: it begins with a ${kind} record, so its beginning may be lost.`
      : 'The file does not begin with a 100 record.',
    fix: ASK,
  };
};
/** A zone whose clocks change. */
export const summerTime = (value: string): RowFault => ({
  column: 'zone',
  value,
  rule: 'nem12.fixed_offset',
  detail: `NEM12 has as many values on every day: its days are of a time without changes of clocks, and the profile says ${value}.`,
  fix: 'State an offset as zone, +10:00 for the market’s time, or leave it out: +10:00 is taken then.',
});
/** A record after the last. */
export const afterEnd = (value: string): RowFault => ({
  column: 'record',
  value,
  rule: 'nem12.end_last',
  detail: 'A record follows the 900 record.',
  fix: ASK,
});
/** A file without its end. */
export const cutShort = (stage: string): RowFault => ({
  column: 'record',
  value: '',
  rule: 'nem12.end_last',
  detail: stage === 'start' ? 'The file is empty.' : 'The file does not end with a 900 record.',
  fix: ASK,
});
/** A kind of record that NEM12 does not have. */
export const unknownRecord = (value: string): RowFault => ({
  column: 'record',
  value,
  rule: 'nem12.record_known',
  detail: 'Not a record of NEM12: 100, 200, 300, 400, 500 or 900.',
  fix: ASK,
});
/** A record without the one that it belongs to. */
export const orphan = (value: string, before: string): RowFault => ({
  column: 'record',
  value,
  rule: 'nem12.order',
  detail: `A ${value} record stands without a ${before} record before it.`,
  fix: ASK,
});
/** A quality that NEM12 does not have. */
export const unknownFlag = (value: string): RowFault => ({
  column: 'QualityMethod',
  value,
  rule: 'quality.known',
  detail: 'Not a quality flag: A, E, F, N, S or V, F and S with a method.',
  fix: ASK,
});
/** A time of update that is none. */
export const noUpdateTime = (value: string): RowFault => ({
  column: 'UpdateDateTime',
  value,
  rule: 'nem12.update_time',
  detail: 'Not a date and time: it tells which of two versions of the day is the newer one.',
  fix: 'Times are written YYYYMMDDhhmmss, or left empty.',
});
/** A channel that is not what its meter measures. */
export const notAsMeter = (
  {
    name,
    minutes,
    flow,
  }: { readonly name: string; readonly minutes: number; readonly flow: string },
  { code, direction, intervalMinutes }: IntakeMeter,
): RowFault => ({
  column: 'channel',
  value: `${name} ${minutes} min`,
  rule: 'channel.as_meter',
  detail: `The channel is ${flow} in ${minutes} minutes; meter ${code} is ${direction} in ${intervalMinutes}.`,
  fix: 'Map the channel to another meter, or revise the meter: where its interval length changes on a date, say so in its intervalChanges.',
});
