import { Injectable } from '@nestjs/common';
import { errorHelp, toldDetails } from '../../../core/error-help.js';
import { DomainError, type PointerProblem } from '../../../core/errors.js';
import { neededBy, type OrderedRecord, recordOrder } from '../../../core/ledger/record-order.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { isOfService } from '../../../platform/database/refusals.js';
import {
  type RecordDoor,
  RecordDoors,
  type SavedRecord,
} from '../../../platform/records/record-doors.js';
import { RecordKinds } from '../../../platform/records/record-kinds.js';

/** One record of many. */
export interface GivenRecord {
  readonly kind: string;
  readonly document: unknown;
}

/** What came of one record of many; `index` is its place among those that were given. */
export interface RecordAnswer {
  readonly index: number;
  readonly kind: string;
  /** Null where the document has none that can be read. */
  readonly recordCode: string | null;
  /** `good` would be saved, were it not for others; `waiting` names one that is refused. */
  readonly state: 'saved' | 'good' | 'refused' | 'waiting';
  readonly saved: SavedRecord | null;
  readonly problems: readonly PointerProblem[];
}

/** Creates many records of any kinds: all of them, or none. */
@Injectable()
export class RecordBatchService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly doors: RecordDoors,
    private readonly kinds: RecordKinds,
  ) {}

  /**
   * Creates records, each after those that it names, in one transaction; each has an answer.
   *
   * @param actorOf  Who creates records of a kind; null for one whom that is not allowed to.
   * @returns        Answers in the order that the records were given.
   * @throws DomainError `records.refused`, with every answer and everything that is wrong; then
   *   nothing is saved
   */
  save(
    records: readonly GivenRecord[],
    {
      isDryRun,
      actorOf,
    }: { readonly isDryRun: boolean; readonly actorOf: (door: RecordDoor) => Actor | null },
  ): Promise<readonly RecordAnswer[]> {
    const work = async (): Promise<readonly RecordAnswer[]> => {
      const answers = await this.answers(records, actorOf);
      if (answers.every(({ state }) => state === 'saved')) return answers;
      throw refusalOf(answers);
    };
    return isDryRun ? this.scope.tryTogether(work) : this.scope.together(work);
  }

  private async answers(
    records: readonly GivenRecord[],
    actorOf: (door: RecordDoor) => Actor | null,
  ): Promise<readonly RecordAnswer[]> {
    const ordered = records.map(({ kind, document }): OrderedRecord => ({
      code: codeOf(document),
      document,
      rank: this.kinds.rankOf(kind),
    }));
    const needed = neededBy(ordered);
    const answers: RecordAnswer[] = [];
    for (const index of recordOrder(ordered)) {
      const { kind, document } = records[index]!;
      const of = { index, kind, recordCode: ordered[index]!.code };
      const refused = needed[index]!.find((other) => isRefused(answers[other]));
      if (refused !== undefined) {
        const detail = `It names ${ordered[refused]!.code}, which is refused.`;
        const problems = [{ pointer: '', rule: 'record.waits', detail }];
        answers[index] = { ...of, state: 'waiting', saved: null, problems };
        continue;
      }
      try {
        const saved = await this.create({ kind, document }, actorOf);
        answers[index] = { ...of, state: 'saved', saved, problems: [] };
      } catch (error) {
        if (!(error instanceof DomainError) || isOfService(error)) throw error;
        answers[index] = { ...of, state: 'refused', saved: null, problems: problemsOf(error) };
      }
    }
    return answers;
  }

  private async create(
    { kind, document }: GivenRecord,
    actorOf: (door: RecordDoor) => Actor | null,
  ): Promise<SavedRecord> {
    const door = this.doors.of(kind);
    const actor = actorOf(door);
    if (actor !== null) return door.create(actor, document);
    const detail = `Records of this kind are written by: ${door.write.join(', ')}.`;
    throw new DomainError('request.invalid', {
      errors: [{ pointer: '/kind', rule: 'auth.forbidden', detail }],
    });
  }
}

/** Whether what names a record cannot be saved for it: one that is there already can be named. */
const isRefused = (answer: RecordAnswer | undefined): boolean =>
  answer !== undefined &&
  answer.state !== 'saved' &&
  answer.problems.every(({ rule }) => rule !== 'record.exists');

function codeOf(document: unknown): string | null {
  if (typeof document !== 'object' || document === null || !('code' in document)) return null;
  return typeof document.code === 'string' ? document.code : null;
}

/** What is wrong with a record, by places in its document. */
function problemsOf(error: DomainError): readonly PointerProblem[] {
  const { errors, field, fix, ...facts } = toldDetails(error) as {
    readonly errors?: readonly PointerProblem[];
    readonly field?: string;
    readonly fix: string;
  };
  if (errors !== undefined) return errors;
  const told = Object.entries(facts).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const { means } = errorHelp(error.code)!;
  const detail = told.length === 0 ? means : `${means} (${told.join(', ')})`;
  const pointer = field === undefined ? '' : `/${field}`;
  return [{ pointer, rule: error.code, detail, fix }];
}

function refusalOf(all: readonly RecordAnswer[]): DomainError {
  const answers = all.map(({ index, kind, recordCode, state }) => ({
    index,
    kind,
    recordCode,
    state: state === 'saved' ? ('good' as const) : state,
  }));
  return new DomainError('records.refused', {
    recordCount: all.length,
    refusedCount: all.filter(({ state }) => state === 'refused').length,
    errors: all.flatMap(({ index, problems }) =>
      problems.map((one) => ({
        ...one,
        pointer:
          one.pointer === '/kind'
            ? `/records/${index}/kind`
            : `/records/${index}/document${one.pointer}`,
      })),
    ),
    answers,
    fix: 'Mend what is named and send all of them again: nothing was saved.',
  });
}
