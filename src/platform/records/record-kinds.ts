import type { RecordKind } from './record-kind.js';
import { assert } from '../../core/errors.js';

/** Every kind of record there is. */
export class RecordKinds {
  readonly all: readonly RecordKind[];
  private readonly ranks: ReadonlyMap<string, number>;

  /**
   * @param first  Those that others refer to, in the order in which a ledger begins with them.
   * @param rest   After them, none before another.
   */
  constructor(first: readonly RecordKind[], rest: readonly RecordKind[]) {
    this.all = [...first, ...rest];
    this.ranks = new Map(first.map((kind, rank) => [terminalName(kind), rank]));
    for (const { kind, path } of this.all) {
      const alike = this.all.filter((one) => one.kind === kind || one.path === path);
      assert(alike.length === 1, `records: ${kind} (${path}) is one kind`);
    }
  }

  /** Refuses a kind that is served and not listed: what its events seal could not be read again. */
  require({ kind }: Pick<RecordKind, 'kind'>): void {
    const isListed = this.all.some((one) => one.kind === kind);
    assert(isListed, `records: ${kind} is listed among the kinds of records`);
  }

  /** The terminal's name of what rows and refusals call a kind: `emission-factor`, there `factor`. */
  calledAtTerminal(name: string): string {
    const found = this.all.find(({ kind }) => kind === name);
    return found === undefined ? name : terminalName(found);
  }

  /** Where a kind stands among kinds: those that others refer to come first. */
  rankOf(name: string): number {
    return this.ranks.get(name) ?? this.ranks.size;
  }
}

/** What the terminal calls a kind: `VatRate`, `vat-rate`. */
export const terminalName = ({ id }: Pick<RecordKind, 'id'>): string =>
  id.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
