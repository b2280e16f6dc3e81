import { Injectable } from '@nestjs/common';
import type { Round, Sample, SampledItem } from '../../../core/engagements/engagement.js';
import { rowOf, type TracedAbout, type TraceStep } from '../../../core/engagements/sample-trace.js';
import { assert } from '../../../core/errors.js';
import { formatInstant, HOUR_MS } from '../../../core/time/interval.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import { SettlementTraceService } from '../../settlement/questions/settlement-trace.service.js';
import { parseRun } from '../../settlement/runs/settlement.document.js';
import { parseStatement, StatementsService } from '../../statements/statements.service.js';
import { HourFactorsService } from './hour-factors.service.js';
import { PopulationsService } from './populations.service.js';
import { HourStepsService, type TraceSession } from './hour-steps.service.js';

/** Walks a sampled item from the lines of files up to the lines of settlement and of carbon statements. */
@Injectable()
export class SampleStepsService {
  constructor(
    private readonly populations: PopulationsService,
    private readonly hourSteps: HourStepsService,
    private readonly statements: StatementsService,
    private readonly settlementTraces: SettlementTraceService,
    private readonly factors: HourFactorsService,
    private readonly ledger: LedgerService,
  ) {}

  /** Begins on items of samples of one state. */
  async begin(tx: LedgerTx, round: Round): Promise<TraceSession> {
    const runs = [...(await this.populations.runsIn(tx, round))];
    return { tx, round, views: new Map(), rows: new Map(), runs };
  }

  /**
   * The steps of an item, those that are there: file, block, certificate, match, settlement, factor, carbon.
   *
   * @throws DomainError `engine.not_here` where this program cannot match the month again as it was
   */
  async of(
    session: TraceSession,
    { population }: Pick<Sample, 'population'>,
    { key }: Pick<SampledItem, 'key'>,
  ): Promise<readonly TraceStep[]> {
    switch (population) {
      case 'load': {
        const [meterCode, hour] = splitLast(key);
        return this.ofHour(session, hour, { meterCode });
      }
      case 'emissions':
        return this.ofHour(session, key, {});
      case 'certificates':
        return this.ofCertificate(session, key);
      case 'settlement':
        return this.ofLine(session, key);
      case 'interventions':
        return [await this.ofAct(session, key)];
    }
  }

  private async ofHour(
    session: TraceSession,
    hour: string,
    about: TracedAbout,
  ): Promise<readonly TraceStep[]> {
    for (const { runId, statementId } of session.round.statements) {
      const view = await this.hourSteps.viewOf(session, runId);
      const at = Date.parse(hour);
      if (at < view.inputs.startMs || at >= view.inputs.endMs) continue;
      const isCarbon = about.meterCode === undefined && about.certificateId === undefined;
      return [
        ...(await this.hourSteps.of(session, { view, runId, hour, about })),
        ...this.settledIn(session, runId),
        ...(isCarbon
          ? [await this.factorOf(session, statementId, { site: view.site, atMs: at })]
          : []),
        await this.carbonOf(session, statementId),
      ];
    }
    return [];
  }

  private async ofCertificate(
    session: TraceSession,
    certificateId: string,
  ): Promise<readonly TraceStep[]> {
    for (const { runId } of session.round.statements) {
      const { matched } = await this.hourSteps.viewOf(session, runId);
      const found = matched.hours.find(({ supply }) =>
        supply.some(({ certificate }) => certificate.certificateId === certificateId),
      );
      if (found === undefined) continue;
      return this.ofHour(session, formatInstant(found.hourMs), { certificateId });
    }
    return [];
  }

  /** A line of a settlement, and what its largest hour rests on. */
  private async ofLine(session: TraceSession, key: string): Promise<readonly TraceStep[]> {
    const [runId, place] = splitLast(key);
    const run = session.runs.find((one) => one.runId === runId);
    if (run === undefined) return [];
    const at = Number(place);
    const { opened, matching } = await this.settlementTraces.traceIn(session.tx, run, {
      at,
      hour: null,
    });
    const steps: TraceStep[] = [];
    if (opened !== null) {
      const hour = opened.hour;
      for (const { matchingRunId } of matching) {
        const view = await this.hourSteps.viewOf(session, matchingRunId);
        const isIn =
          Date.parse(hour) >= view.inputs.startMs && Date.parse(hour) < view.inputs.endMs;
        if (!isIn) continue;
        steps.push(
          ...(await this.hourSteps.of(session, { view, runId: matchingRunId, hour, about: {} })),
        );
      }
    }
    const { kind, amountMad } = parseRun(run).settlement.lines[at - 1]!;
    const what = `line ${at} of ${run.contractCode} ${run.period}, run ${run.runId}: ${kind}, ${amountMad} MAD`;
    return [
      ...steps,
      { step: 'settlement', what, wh: null, place: rowOf(run.eventId, 0), file: null },
    ];
  }

  private async ofAct({ tx }: TraceSession, eventId: string): Promise<TraceStep> {
    const { type } = (await this.ledger.eventIn(tx, eventId))!;
    return {
      step: 'intervention',
      what: type,
      wh: null,
      place: { eventId, row: null },
      file: null,
    };
  }

  /** Runs that settled a matched month. */
  private settledIn({ runs }: TraceSession, runId: string): readonly TraceStep[] {
    return runs.flatMap((run): TraceStep[] => {
      const { matching, settlement } = parseRun(run);
      if (!matching.some(({ matchingRunId }) => matchingRunId === runId)) return [];
      const what = `${run.contractCode} ${run.period}, run ${run.runId}, ${settlement.lines.length} lines`;
      return [{ step: 'settlement', what, wh: null, place: rowOf(run.eventId, 0), file: null }];
    });
  }

  private async factorOf(
    { tx }: TraceSession,
    statementId: string,
    { site, atMs }: Pick<MonthView, 'site'> & { readonly atMs: number },
  ): Promise<TraceStep> {
    const hour = { site, startMs: atMs, endMs: atMs + HOUR_MS };
    const [use] = (await this.factors.gridOf(tx, statementId, hour)).used;
    assert(use !== undefined, 'trace: a factor for the hour');
    const { code, version, eventId, kind } = use.factor;
    const what = `${kind} ${code}, version ${version}`;
    return { step: 'factor', what, wh: null, place: rowOf(eventId, 0), file: null };
  }

  private async carbonOf(session: TraceSession, statementId: string): Promise<TraceStep> {
    const statement = await this.statements.getIn(session.tx, statementId);
    const rows = await this.hourSteps.rowsOf(session, statement.eventId);
    const row = rows.findIndex((one) => one['statementId'] === statementId);
    assert(row >= 0, 'trace: a statement is a row of its event');
    const { figures } = parseStatement(statement);
    const load = figures.find(({ id }) => id === 'loadWh')?.value;
    const what = `carbon statement ${statement.month}, version ${statement.version}`;
    const wh = typeof load === 'number' ? load : null;
    return { step: 'carbon', what, wh, place: rowOf(statement.eventId, row), file: null };
  }
}

/** A key's last word, and what stands before it. */
function splitLast(key: string): readonly [before: string, last: string] {
  const at = key.lastIndexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
}
