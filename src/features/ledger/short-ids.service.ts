import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { sharedLength } from '../../core/text.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';

/** Where the ids of each kind of thing stand. */
const PLACES = {
  exception: [['vee_finding', 'finding_id']],
  statement: [
    ['statement', 'statement_id'],
    ['period_statement', 'statement_id'],
  ],
  'settlement run': [['settlement_run', 'run_id']],
  import: [['import_job', 'job_id']],
  certificate: [
    ['certificate', 'certificate_id'],
    ['certificate_bundle', 'bundle_id'],
  ],
  'supplier invoice': [['supplier_invoice', 'invoice_id']],
  'journal batch': [['journal_batch', 'batch_id']],
  principal: [['principal', 'principal_id']],
  key: [['api_key', 'key_id']],
} as const;

/** Things that are named by an id. */
export type IdKind = keyof typeof PLACES;

/** Fewest characters that stand for an id, and that a list shows of one. */
const TYPED_MIN = 4;
const SHOWN_MIN = 8;
const CANDIDATES_TOLD = 10;

/** Ids as people type and read them: the beginning of one stands for it, as long as it is the only one. */
@Injectable()
export class ShortIdsService {
  constructor(private readonly scope: LedgerScope) {}

  /**
   * The id that begins so; what begins none is given back, for whoever looks it up to refuse.
   *
   * @throws DomainError `id.ambiguous` with those that it may mean; `request.invalid` for less than four
   *   characters of an id
   */
  async resolve(ledgerId: string, kind: IdKind, typed: string): Promise<string> {
    const isText = kind === 'key';
    const word = isText ? typed : typed.toLowerCase();
    const digits = word.replaceAll('-', '');
    if (isText ? word === '' : !/^[0-9a-f]{1,31}$/.test(digits)) return typed;
    if (word.length < TYPED_MIN) {
      const detail = `The first ${TYPED_MIN} characters of an id are the least that stands for it.`;
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/id', rule: 'id.beginning', detail }],
      });
    }
    const candidates = await this.scope.read(ledgerId, async (tx) => {
      const found = new Set<string>();
      for (const [table, column] of PLACES[kind]) {
        const begins = isText
          ? `starts_with(${column}, $2) AND $2 = $3`
          : `${column} BETWEEN $2::uuid AND $3::uuid`;
        const bounds = isText ? [word, word] : [digits.padEnd(32, '0'), digits.padEnd(32, 'f')];
        const rows = await tx.query<{ id: string }[]>(
          `SELECT DISTINCT ${column}::text AS id FROM ${table}
           WHERE ledger_id = $1 AND ${begins} ORDER BY 1 LIMIT ${CANDIDATES_TOLD + 1}`,
          [ledgerId, ...bounds],
        );
        for (const { id } of rows) found.add(id);
      }
      return [...found].toSorted();
    });
    // The whole of one is no beginning of another.
    const [only] = candidates.includes(word) ? [word] : candidates;
    if (candidates.length <= 1 || only === word) return only ?? typed;
    throw new DomainError('id.ambiguous', {
      kind,
      typed,
      candidates: candidates.slice(0, CANDIDATES_TOLD),
      fix: 'Type more of it.',
    });
  }

  /** The shortest beginning of each id that no other of the ledger has, by id. */
  async shortest(
    ledgerId: string,
    kind: IdKind,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const type = kind === 'key' ? 'text' : 'uuid';
    return this.scope.read(ledgerId, async (tx) => {
      const shared = new Map<string, number>();
      for (const [table, column] of PLACES[kind]) {
        const beside = (than: '<' | '>', order: 'ASC' | 'DESC'): string =>
          `(SELECT t.${column}::text FROM ${table} t WHERE t.ledger_id = $1
            AND t.${column} ${than} w.id ORDER BY t.${column} ${order} LIMIT 1)`;
        const rows = await tx.query<{ id: string; before: string | null; after: string | null }[]>(
          `SELECT w.id::text AS id, ${beside('<', 'DESC')} AS before, ${beside('>', 'ASC')} AS after
           FROM unnest($2::${type}[]) AS w (id)`,
          [ledgerId, ids],
        );
        for (const { id, before, after } of rows) {
          const most = Math.max(
            shared.get(id) ?? 0,
            sharedLength(id, before ?? ''),
            sharedLength(id, after ?? ''),
          );
          shared.set(id, most);
        }
      }
      return new Map(ids.map((id) => [id, beginning(id, (shared.get(id) ?? 0) + 1)]));
    });
  }
}

/** A beginning of at least so many characters, which does not end with a hyphen. */
function beginning(id: string, length: number): string {
  const end = Math.max(length, SHOWN_MIN);
  return id[end - 1] === '-' ? id.slice(0, end + 1) : id.slice(0, end);
}
