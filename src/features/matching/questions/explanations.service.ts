import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../core/errors.js';
import type { MatchingTerms } from '../../../core/contracts/matching-terms.js';
import { type Explanation, explainHour } from '../../../core/matching/explain.js';
import { termsAt } from '../../../core/matching/month.js';
import { POLICY_NAMES, type PolicyName } from '../../../core/matching/policies/policies.js';
import { formatInstant, HOUR_MS } from '../../../core/time/interval.js';
import { civilMonthOf, MOROCCO_LEGAL_TIME } from '../../../core/time/legal-time.js';
import type { Actor } from '../../../platform/auth/roles.js';
import { LedgerScope } from '../../../platform/database/ledger-scope.js';
import { AssetsService } from '../../assets/assets.service.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import { MatchingService } from '../runs/matching.service.js';
import { MonthViewService } from '../runs/month-view.service.js';

/** What a month would come to under one policy. */
export interface PolicyOutcome {
  readonly policy: PolicyName;
  /** Whether it is the policy of the contract. */
  readonly isContracted: boolean;
  /** Null where the policy cannot be used; `refusal` then says why. */
  readonly demandWh: number | null;
  readonly supplyWh: number | null;
  readonly matchedWh: number | null;
  readonly maximumWh: number | null;
  readonly resultRoot: string | null;
  readonly refusal: string | null;
}

/** Questions about matching that change nothing. */
@Injectable()
export class ExplanationsService {
  constructor(
    private readonly scope: LedgerScope,
    private readonly months: MonthViewService,
    private readonly matching: MatchingService,
    private readonly assets: AssetsService,
    private readonly certificates: CertificatesService,
  ) {}

  /**
   * Explains an hour as it stands: what was there, what was eligible, which rule gave each Wh, what
   * would have covered the rest.
   *
   * @param instant  Any instant inside the UTC hour.
   * @throws DomainError as matching the hour's month; `matching.hour_not_covered`
   */
  explain(ledgerId: string, instant: string, siteCode: string | null): Promise<Explanation> {
    const hourMs = Math.floor(Date.parse(instant) / HOUR_MS) * HOUR_MS;
    const month = civilMonthOf(MOROCCO_LEGAL_TIME, hourMs) ?? formatInstant(hourMs).slice(0, 7);
    return this.scope.readHeavy(ledgerId, async (tx) => {
      const view = await this.months.view(tx, { month, siteCode, beforeSeq: null });
      const hour = view.matched.hours.find((one) => one.hourMs === hourMs);
      if (hour === undefined) {
        throw new DomainError('matching.hour_not_covered', {
          hour: formatInstant(hourMs),
          from: formatInstant(view.inputs.startMs),
          to: formatInstant(view.inputs.endMs),
        });
      }
      const part = view.parts.findLast(({ startMs }) => startMs <= hourMs) ?? view.parts[0]!;
      const { code, plantCodes } = part.contract;
      const contracted = new Set(plantCodes);
      const plants = await this.assets.allPlants(tx);
      const others = await this.certificates.inPeriod(tx, {
        ledgerId,
        startMs: hourMs,
        endMs: hourMs + HOUR_MS,
        beforeSeq: null,
        plantCodes: plants.map((plant) => plant.code).filter((one) => !contracted.has(one)),
      });
      return explainHour(hour, termsAt(view.inputs, hourMs), {
        suspect: view.matched.suspect,
        others: others.map(({ plantCode, wh }) => ({
          plantCode,
          wh,
          why: `contract ${code} does not name`,
        })),
      });
    });
  }

  /**
   * Runs a month under each policy and rolls each run back. Nothing is posted.
   *
   * @throws DomainError as matching the month.
   */
  async compare(
    actor: Actor,
    month: string,
    siteCode: string | null,
  ): Promise<readonly PolicyOutcome[]> {
    const own = await this.matching.termsOf(actor.ledgerId, month, siteCode);
    const outcomes: PolicyOutcome[] = [];
    for (const policy of POLICY_NAMES) {
      outcomes.push(await this.outcomeOf(actor, { month, siteCode }, { own, policy }));
    }
    return outcomes;
  }

  private async outcomeOf(
    actor: Actor,
    wanted: { readonly month: string; readonly siteCode: string | null },
    { own, policy }: { readonly own: MatchingTerms; readonly policy: PolicyName },
  ): Promise<PolicyOutcome> {
    const isContracted = own.policy === policy;
    const hasTiers =
      own.demandTiers !== null || own.supplyTiers !== null || own.meterTiers.length > 0;
    if (policy === 'pro-rata' && hasTiers) {
      return {
        policy,
        isContracted,
        demandWh: null,
        supplyWh: null,
        matchedWh: null,
        maximumWh: null,
        resultRoot: null,
        refusal: 'The contract’s tiers make no pool: not every plant serves every meter alike.',
      };
    }
    const run = await this.matching.tryRun(actor, wanted, { ...own, policy });
    const { demandWh, supplyWh, matchedWh, maximumWh, resultRoot } = run;
    return {
      policy,
      isContracted,
      demandWh,
      supplyWh,
      matchedWh,
      maximumWh,
      resultRoot,
      refusal: null,
    };
  }
}
