import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import {
  FACTOR_VALUES_MAX,
  factorColumns,
  type FactorRow,
  type FactorStep,
  factorSteps,
  type FactorSteps,
  type FactorValues,
  type MergedFactor,
  mergedFactor,
  readFactorRow,
} from '../../core/carbon/factor-file.js';
import { DomainError } from '../../core/errors.js';
import type { TextEncoding } from '../../core/tabular/text-encoding.js';
import { HOUR_MS, parseInstant } from '../../core/time/interval.js';
import { civilMonthOf, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { factorText } from '../../core/units/emissions.js';
import type { Actor } from '../../platform/auth/roles.js';
import { type FileNamed, FileStore, type KeptFile } from '../../platform/files/file-store.js';
import { readFieldRows } from '../../platform/files/formats/field-rows.js';
import { encodingOf } from '../../platform/files/formats/text-bytes.js';
import { ReadingAttempts } from '../../platform/files/reading-attempts.js';
import { RowProblems } from '../../platform/files/row-problems.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { RecordsService } from '../ledger/records/records.service.js';
import { EMISSION_FACTOR, type FactorVersion, shareText } from './emission-factor.kind.js';
import type { FactorFileQuery, FactorFileResponse } from './factor-files.schemas.js';

/** A file of values and the factor that they go to. */
export type FactorFile = FactorFileQuery & Pick<FileNamed, 'signal'>;

interface ReadFile extends FactorSteps {
  readonly rowCount: number;
  readonly roundedCount: number;
  readonly encoding: TextEncoding;
}

/** Takes in the values of emission factors from tables. */
@Injectable()
export class FactorFilesService {
  constructor(
    private readonly records: RecordsService,
    private readonly files: FileStore,
    private readonly attempts: ReadingAttempts,
  ) {}

  /**
   * Adds the values of a file to a factor: creates it, or revises it once. What the file does not mention
   * stays; sending it again changes nothing. A dry run checks all of it and writes nothing.
   *
   * @throws DomainError `import.rows_rejected` and the other `import.*` codes; as the factor's own writes.
   */
  async importFile(
    actor: Actor,
    { signal, fileName, ...query }: FactorFile,
    bytes: Readable,
  ): Promise<FactorFileResponse> {
    const { code, step, dryRun } = query;
    const file = await this.files.keep(bytes, actor);
    const { ledgerId } = actor;
    const read = await this.attempts.take({ ledgerId, file, signal }, (ended) =>
      this.read(file, { step, fileName, signal: ended }),
    );
    const store = this.records.of(EMISSION_FACTOR);
    const last = await latestOf(() => store.versions(ledgerId, code));
    const merged = mergedFactor(
      step,
      last === null ? new Map() : valuesOf(last, query),
      read.values,
    );
    requireSize(merged, fileName);
    const attributes = checked(attributesOf(query, merged, file.sha256));
    const isNews =
      last === null || merged.newCount + merged.changedCount > 0 || !saysTheSame(last, query);
    let version = last?.version ?? 0;
    const write = (): Promise<FactorVersion> =>
      last === null
        ? store.create(actor, code, attributes)
        : store.revise(actor, code, attributes, [last.version]);
    if (isNews && dryRun) await store.preview(write);
    else if (isNews) {
      await this.files.settle(file.sha256, actor);
      ({ version } = await write());
    }
    const { newCount, changedCount, identicalCount, gapCount, validFrom, validTo } = merged;
    return {
      code,
      version,
      isDryRun: dryRun,
      resolution: resolutionOf(step),
      validFrom,
      validTo,
      rowCount: read.rowCount,
      valueCount: merged.steps.length,
      newCount,
      changedCount,
      identicalCount,
      gapCount,
      incompleteHours: read.incompleteHours,
      roundedCount: read.roundedCount,
      fileSha256: file.sha256,
      encoding: read.encoding,
      cannotBeTakenBack:
        'Versions of a record stay; a wrong value is corrected by a later version.',
    };
  }

  /**
   * What a factor says of itself beside its values, for a file that goes on with it.
   *
   * @throws DomainError `record.not_found`
   */
  async factsOf(ledgerId: string, code: string): Promise<object> {
    const last = await this.records.of(EMISSION_FACTOR).get(ledgerId, code);
    const said = FACTS.map((name): [string, unknown] => [name, last[name]]);
    const facts = said.filter(([, value]) => value !== null);
    return { ...Object.fromEntries(facts), isEstimated: String(last.isEstimated) };
  }

  private async read(
    file: KeptFile,
    how: { readonly step: FactorStep; readonly fileName: string; readonly signal: AbortSignal },
  ): Promise<ReadFile> {
    const { step, fileName, signal } = how;
    const problems = new RowProblems();
    const rows: FactorRow[] = [];
    const lines: { readonly line: number; readonly text: string }[] = [];
    const bytes = this.files.open(file.sha256, signal);
    for await (const { line, fields } of readFieldRows<string>(
      bytes,
      fileName,
      factorColumns(step),
      problems,
    )) {
      const one = readFactorRow(step, fields);
      if ('row' in one) {
        rows.push(one.row);
        lines.push({ line, text: fields['g_per_kwh'] ?? '' });
      } else problems.add({ row: line, value: fields[one.fault.column] ?? '', ...one.fault });
    }
    const steps = factorSteps(step, rows);
    for (const at of steps.contradicted) {
      const { line, text } = lines[at]!;
      problems.add({
        row: line,
        column: 'g_per_kwh',
        value: text,
        rule: 'row.says_once',
        detail: 'An earlier row of the same start says otherwise.',
        fix: 'Leave one of the two.',
      });
    }
    problems.refuseIfAny(file);
    if (steps.values.size === 0) {
      const detail = 'The file has no row.';
      throw new DomainError('import.file_unreadable', { file: fileName, detail });
    }
    const text = this.files.open(file.sha256, signal) as AsyncIterable<Buffer>;
    return {
      ...steps,
      rowCount: rows.length,
      roundedCount: rows.filter(({ isRounded }) => isRounded).length,
      encoding: await encodingOf(text),
    };
  }
}

const resolutionOf = (step: FactorStep): 'hourly' | 'monthly' =>
  step === 'month' ? 'monthly' : 'hourly';

/** The values of a version by the instants from which they hold. */
function valuesOf(
  version: FactorVersion,
  { code, step }: Pick<FactorFileQuery, 'code' | 'step'>,
): FactorValues {
  const { resolution, mgPerKwh, cfePpm, stepStarts } = version;
  if (resolution !== resolutionOf(step)) {
    const detail = `${code} is ${resolution}; values by another step are a factor of their own.`;
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/step', rule: 'factor.keeps_its_resolution', detail }],
    });
  }
  const startOf = (at: number): number =>
    resolution === 'monthly'
      ? parseInstant(stepStarts[at]!)!
      : version.validFrom.getTime() + at * HOUR_MS;
  return new Map(
    mgPerKwh.map((mg, at) => [startOf(at), { mgPerKwh: mg, cfePpm: cfePpm[at] ?? null }]),
  );
}

function requireSize({ steps, validFrom, validTo }: MergedFactor, file: string): void {
  if (steps.length <= FACTOR_VALUES_MAX) return;
  const detail =
    `The factor would have ${steps.length} values, from ${validFrom} to ${validTo}; ` +
    `one has at most ${FACTOR_VALUES_MAX}. Give each year a factor of its own.`;
  throw new DomainError('import.file_unreadable', { file, detail });
}

function attributesOf(
  query: Omit<FactorFileQuery, 'fileName'>,
  { steps, validFrom, validTo }: MergedFactor,
  fileSha256: string,
): object {
  const { step, code: _code, dryRun: _dryRun, ...facts } = query;
  return {
    ...facts,
    resolution: resolutionOf(step),
    validFrom,
    validTo,
    fileSha256,
    values: steps.map(({ startMs, mgPerKwh, cfePpm }) => ({
      gPerKwh: mgPerKwh === null ? null : factorText(mgPerKwh),
      cfeShare: shareText(cfePpm),
      month: step === 'month' ? civilMonthOf(MOROCCO_LEGAL_TIME, startMs) : null,
    })),
  };
}

type Attributes = z.output<(typeof EMISSION_FACTOR)['attributes']>;

/** What a version holds, by the schema that the API checks it by. @throws `request.invalid` */
function checked(document: object): Attributes {
  const { data, error } = EMISSION_FACTOR.attributes.safeParse(document);
  if (error === undefined) return data;
  throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
}

const FACTS = [
  'kind',
  'zone',
  'basis',
  'publisher',
  'title',
  'vintage',
  'licence',
  'gases',
  'gwpSet',
  'isEstimated',
  'supplierCode',
] as const;

const saysTheSame = (last: FactorVersion, query: Partial<FactorFileQuery>): boolean =>
  FACTS.every((name) => last[name] === (query[name] ?? null));

/** The latest version; null where the record is not there. */
async function latestOf(
  versions: () => Promise<readonly FactorVersion[]>,
): Promise<FactorVersion | null> {
  try {
    return (await versions()).at(-1) ?? null;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'record.not_found') return null;
    throw error;
  }
}
