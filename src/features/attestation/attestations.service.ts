import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { Fault } from '../../core/ledger/verify.js';
import type { PackLabel } from '../../core/packs/manifest.js';
import { ATTESTED, type Population, populationOf } from '../../core/packs/population.js';
import { formatInstant } from '../../core/time/interval.js';
import { civilMonth, MOROCCO_LEGAL_TIME } from '../../core/time/legal-time.js';
import { compareIds } from '../../core/text.js';
import type { Actor } from '../../platform/auth/roles.js';
import { LedgerScope } from '../../platform/database/ledger-scope.js';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { Replayed, Replays } from '../ledger/replay/replay.port.js';
import { SigningKeysService } from '../signing/signing-keys.service.js';
import { StatementsService } from '../statements/statements.service.js';
import { PopulationQueries } from './population.queries.js';

/** What an event of this kind sealed: which events a month's pack holds. */
export interface Attestation {
  readonly attestationId: string;
  readonly seq: number;
  readonly eventId: string;
  readonly recordedAt: string;
  readonly siteCode: string;
  readonly month: string;
  readonly label: PackLabel;
  readonly population: Population;
  readonly statements: readonly { readonly statementId: string; readonly sha256: string }[];
  /** Events before the population's end that are not in it, by type. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** What to attest. */
export interface Attested {
  /** `YYYY-MM`. */
  readonly month: string;
  /** Null where the month has statements of one site. */
  readonly siteCode: string | null;
}

/** Seals in the log which of its events a month rests on, so that no pack can leave one out (PACK section 4). */
@Injectable()
export class AttestationsService implements Replays {
  constructor(
    private readonly scope: LedgerScope,
    private readonly ledger: LedgerService,
    private readonly statements: StatementsService,
    private readonly keys: SigningKeysService,
    private readonly events: PopulationQueries,
  ) {}

  /** Whether what was sealed as a month's population is what the log has. */
  replayed(): Replayed {
    return { checks: [(tx) => this.otherPopulation(tx)] };
  }

  /**
   * Seals the population of a month as it is now. Where nothing came since the last time that matters to the
   * month, that one is given.
   *
   * @throws DomainError `statement.not_found`, `site.ambiguous`, `signing.unavailable`, and what an append throws
   */
  async attest(actor: Actor, { month, siteCode }: Attested): Promise<Attestation> {
    const { ledgerId } = actor;
    const site = await this.siteOf(ledgerId, { month, siteCode });
    // Its first key stands before the event, so that every pack holds the key that signs it.
    await this.keys.current(ledgerId);
    return this.scope.write({ ledgerId, lock: 'attestation' }, async (tx) => {
      const { size: before } = await this.ledger.headIn(tx, 0);
      const members = await this.events.members(tx, { month, before });
      const leaves = members.map(({ leafHash }) => leafHash);
      const population = populationOf(leaves, before);
      // Months are closed with people later; until then none is.
      const label: PackLabel = 'PRELIMINARY';
      const last = (await this.all(tx)).findLast(
        (one) => one.month === month && one.siteCode === site && one.label === label,
      );
      const isSame =
        last?.population.root === population.root && last.population.count === population.count;
      if (last !== undefined && isSame) return last;
      const leftOut = new Map(await this.events.countByType(tx, before));
      for (const { header } of members) {
        leftOut.set(header.type, leftOut.get(header.type)! - 1);
      }
      const counted = new Set(members.map(({ header }) => header.eventId));
      const statements = (await this.statements.listIn(tx))
        .filter((one) => one.month === month && one.siteCode === site && counted.has(one.eventId))
        .map(({ statementId, sha256 }) => ({ statementId, sha256: sha256.toString('hex') }))
        .toSorted((a, b) => compareIds(a.statementId, b.statementId));
      const [attestationId, eventId] = [this.ledger.nextId(), this.ledger.nextId()];
      const period = civilMonth(MOROCCO_LEGAL_TIME, month);
      await this.ledger.append(tx, actor, {
        eventId,
        type: ATTESTED,
        validFrom: formatInstant(period.startMs),
        validTo: formatInstant(period.endMs),
        sourceRef: null,
        supersedes: [],
        rows: [],
        body: {
          attestationId,
          siteCode: site,
          month,
          label,
          population: { ...population },
          statements,
          leftOut: Object.fromEntries([...leftOut].filter(([, count]) => count > 0)),
        },
      });
      return (await this.all(tx)).findLast((one) => one.attestationId === attestationId)!;
    });
  }

  /** Every attestation of a ledger, in order. */
  list(ledgerId: string): Promise<readonly Attestation[]> {
    return this.scope.read(ledgerId, (tx) => this.all(tx));
  }

  private async all(tx: LedgerTx): Promise<readonly Attestation[]> {
    const sealed = await this.ledger.sealedOf(tx, [ATTESTED]);
    return sealed.map(({ seq, eventId, recordedAt, body }) => {
      const of = body as unknown as Omit<Attestation, 'seq' | 'eventId' | 'recordedAt'>;
      return { ...of, seq, eventId, recordedAt };
    });
  }

  /**
   * The site of a month's statements.
   *
   * @throws DomainError `statement.not_found`, `site.ambiguous`
   */
  async siteOf(ledgerId: string, { month, siteCode }: Attested): Promise<string> {
    const statements = (await this.statements.list(ledgerId)).filter(
      (one) => one.month === month && (siteCode === null || one.siteCode === siteCode),
    );
    const siteCodes = [...new Set(statements.map((one) => one.siteCode))].toSorted();
    const [first] = siteCodes;
    if (first === undefined) throw new DomainError('statement.not_found', { statementId: month });
    if (siteCodes.length === 1) return first;
    const fix = 'Name the site: a pack is of one.';
    throw new DomainError('site.ambiguous', { siteCodes, fix });
  }

  /** The first attestation whose population is not what the log has. */
  private async otherPopulation(tx: LedgerTx): Promise<Fault | null> {
    for (const { seq, month, population } of await this.all(tx)) {
      const { before } = population;
      const members = await this.events.members(tx, { month, before });
      const again = populationOf(
        members.map(({ leafHash }) => leafHash),
        before,
      );
      if (again.root === population.root && again.count === population.count) continue;
      const detail = `Event ${seq} sealed ${population.count} events as those of ${month}; the log has ${again.count}.`;
      return { seq, check: 'population', detail };
    }
    return null;
  }
}
