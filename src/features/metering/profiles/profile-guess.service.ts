import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { GuessAnswers, GuessedProfile } from '../../../core/metering/guess/answers.js';
import { guessProfile } from '../../../core/metering/guess/guess-profile.js';
import { INTERVAL_MINUTES } from '../../../core/metering/blocks/interval-block.js';
import type { IntakeMeter } from '../../../core/metering/intake/intake.js';
import { QUALITY_NAMES } from '../../../core/metering/blocks/quality.js';
import { formatInstant, MINUTE_MS, utcDayStartMs } from '../../../core/time/interval.js';
import type { TextEncoding } from '../../../core/tabular/text-encoding.js';
import type { FileZone } from '../../../core/time/local-stamp.js';
import { filesOf } from '../../../platform/files/packed/sent-files.js';
import { TextFault, textBytes } from '../../../platform/files/formats/text-bytes.js';
import { pointerProblems } from '../../../platform/http/problems.js';
import { type IntervalFile, IntervalFileService } from '../intake/interval-file.service.js';
import type { ProfileGuess } from './profile-guess.schemas.js';
import { IMPORT_PROFILE } from './import-profile.kind.js';
import { builtInZone } from './profiles.service.js';

const HEAD_BYTES = 1_048_576;
const TAIL_BYTES = 16_384;
const ROWS_SHOWN = 10;
/** So much that no reading is refused for it. */
const RATED_POWER_W = 10_000_000_000;
const ONLY = 'METER';

/** Finds how a file is written, and shows what its first rows would be. */
@Injectable()
export class ProfileGuessService {
  constructor(private readonly files: IntervalFileService) {}

  /**
   * Finds the profile of a file. Nothing is kept of it.
   *
   * @throws DomainError `import.file_unreadable` for a file that is no table of readings, and the
   *   refusals of text; `request.invalid` for a zone that is none
   */
  async guess(bytes: Readable, fileName: string, answers: GuessAnswers): Promise<ProfileGuess> {
    if (answers.zone !== undefined) zoneOf(answers.zone);
    const { text, encoding } = await sampleOf(bytes, fileName);
    const guessed = guessProfile(text, answers);
    if (guessed === null) {
      const detail =
        'No table of readings was found: a header, and rows below it with a time and a number.';
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    const shown = await this.show(text, fileName, guessed);
    const { settings, intervalMinutes, questions, meters, otherColumns } = guessed;
    return {
      fileName,
      encoding,
      settings: { ...settings },
      intervalMinutes,
      questions: [...questions],
      meters: [...meters],
      otherColumns: [...otherColumns],
      ...shown,
    };
  }

  private async show(
    text: string,
    fileName: string,
    guessed: GuessedProfile,
  ): Promise<
    Pick<ProfileGuess, 'areLocal' | 'rows' | 'rowCount' | 'leftOut' | 'problems' | 'rejectedCount'>
  > {
    const isOpen = (setting: string): boolean =>
      guessed.questions.some((one) => one.setting === setting && one.isNeeded);
    const areLocal = isOpen('zone');
    const nothing = {
      areLocal,
      rows: [],
      rowCount: 0,
      leftOut: [],
      problems: [],
      rejectedCount: 0,
    };
    const minutes = INTERVAL_MINUTES.find((one) => one === guessed.intervalMinutes);
    if (minutes === undefined || isOpen('unit')) return nothing;
    const named = guessed.settings.meters ?? {};
    // Names that nobody mapped are shown under themselves.
    const codes = guessed.meters.map(
      (name, at) => [name, named[name] ?? `${ONLY}-${at + 1}`] as const,
    );
    const nameOf = new Map(codes.map(([name, code]) => [code, name]));
    const { data: attributes, error } = IMPORT_PROFILE.attributes.safeParse({
      name: fileName,
      settings: { ...guessed.settings, meters: { ...Object.fromEntries(codes), ...named } },
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const zone = areLocal ? LOCAL : zoneOf(attributes.settings.zone);
    const meters = [ONLY, ...new Set([...codes.map(([, code]) => code), ...Object.values(named)])]
      .filter((code) => code !== null)
      .map((code) => meterOf(code, minutes));
    const read = await this.files.readBytes(
      Readable.from([Buffer.from(text)], { objectMode: false }),
      {
        fileName,
        profile: attributes.settings,
        zone,
        meters,
        onlyMeter: ONLY,
      },
    );
    return {
      areLocal,
      rows: firstRows(read, nameOf, areLocal),
      rowCount: read.rowCount,
      leftOut: [...read.leftOut],
      problems: read.problems.list.slice(0, ROWS_SHOWN),
      rejectedCount: read.problems.count,
    };
  }
}

const LOCAL: FileZone = { kind: 'fixed', offsetMinutes: 0 };

function zoneOf(name: string): FileZone {
  const zone = builtInZone(name);
  if (zone !== null) return zone;
  const detail =
    'Not an IANA name, MA, UTC or an offset. A legal time of the ledger is stated later.';
  throw new DomainError('request.invalid', {
    errors: [{ pointer: '/zone', rule: 'zone.known', detail }],
  });
}

const meterOf = (code: string, intervalMinutes: number): IntakeMeter => ({
  code,
  intervalMinutes,
  ratedPowerW: RATED_POWER_W,
  direction: 'consumption',
});

/** The first rows by their lines in the file. */
function firstRows(
  read: IntervalFile,
  nameOf: ReadonlyMap<string, string>,
  areLocal: boolean,
): ProfileGuess['rows'] {
  const rows: ProfileGuess['rows'] = [];
  for (const { meterCode, utcDay, intervalMinutes, wh, quality, sourceLine } of read.days()) {
    for (const [at, line] of sourceLine.entries()) {
      if (line === 0) continue;
      const ms = utcDayStartMs(utcDay) + at * intervalMinutes * MINUTE_MS;
      const start = formatInstant(ms);
      rows.push({
        line,
        meter: nameOf.get(meterCode) ?? '',
        wh: Number.isNaN(wh[at]) ? null : wh[at]!,
        start: areLocal ? start.slice(0, 16).replace('T', ' ') : start,
        quality: QUALITY_NAMES[quality[at]!]!,
      });
    }
  }
  return rows.toSorted((a, b) => a.line - b.line).slice(0, ROWS_SHOWN);
}

/** The beginning of a file, in whole lines, and its last ones: where totals and remarks stand. */
async function sampleOf(
  bytes: Readable,
  fileName: string,
): Promise<{ readonly text: string; readonly encoding: TextEncoding }> {
  let encoding: TextEncoding = 'utf-8';
  const onEncoding = (found: TextEncoding): void => void (encoding = found);
  const head: Buffer[] = [];
  let [headBytes, tail] = [0, Buffer.alloc(0)];
  try {
    const { files } = await filesOf(bytes, fileName);
    for await (const chunk of textBytes(files[0]!.bytes, fileName, { onEncoding })) {
      const room = Math.max(0, HEAD_BYTES - headBytes);
      if (room > 0) head.push(chunk.subarray(0, room));
      headBytes += Math.min(room, chunk.length);
      if (chunk.length <= room) continue;
      tail = Buffer.concat([tail, chunk.subarray(room)]).subarray(-TAIL_BYTES);
    }
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    const detail = 'It holds bytes that are no text. Save the file as UTF-8.';
    throw new DomainError('import.file_unreadable', { file: fileName, detail });
  }
  const text = Buffer.concat(head).toString('utf8');
  if (tail.length === 0) return { text, encoding };
  const end = tail.toString('utf8');
  const whole = end.slice(end.indexOf('\n') + 1);
  return { text: `${text.slice(0, text.lastIndexOf('\n'))}\n${whole}`, encoding };
}
