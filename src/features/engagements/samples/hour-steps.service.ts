import { Injectable } from '@nestjs/common';
import type { Round } from '../../../core/engagements/engagement.js';
import {
  coveredBy,
  matchedIn,
  rowOf,
  type TracedAbout,
  type TraceStep,
} from '../../../core/engagements/sample-trace.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { CertificatesService } from '../../certificates/certificates/certificates.service.js';
import { type FileLine, ImportsService } from '../../imports/imports.service.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { VerificationService } from '../../ledger/replay/verification.service.js';
import { HourTraceService } from '../../matching/questions/hour-trace.service.js';
import { MatchingService } from '../../matching/runs/matching.service.js';
import type { MonthView } from '../../matching/runs/month-view.service.js';
import type { SettlementRun } from '../../settlement/runs/settlement.document.js';

/** A row of an event, read. */
type Row = Readonly<Record<string, unknown>>;

/** What many items of a sample share, read once. */
export interface TraceSession {
  readonly tx: LedgerTx;
  readonly round: Round;
  readonly views: Map<string, MonthView>;
  readonly rows: Map<string, readonly Row[]>;
  readonly runs: SettlementRun[];
}

/** Steps of an hour: lines of files, blocks, certificates, and the entries by which it was matched. */
@Injectable()
export class HourStepsService {
  constructor(
    private readonly hours: HourTraceService,
    private readonly imports: ImportsService,
    private readonly certificates: CertificatesService,
    private readonly matching: MatchingService,
    private readonly ledger: LedgerService,
    private readonly replay: VerificationService,
  ) {}

  /** Files, blocks, certificates and matches of an hour. */
  async of(
    session: TraceSession,
    of: {
      readonly view: MonthView;
      readonly runId: string;
      readonly hour: string;
      readonly about: TracedAbout;
    },
  ): Promise<readonly TraceStep[]> {
    const { view, runId, hour, about } = of;
    const { tx } = session;
    const opened = await this.hours.open(tx, { view, hour });
    const steps: TraceStep[] = [];
    const covers = coveredBy(opened, about);
    for (const meter of opened.meters) {
      if (!covers.meters.has(meter.meterCode)) continue;
      for (const { file, start, wh, quality } of meter.readings) {
        if (file === null) continue;
        const what = `${meter.meterCode}, ${start}, ${quality}`;
        steps.push(await this.fileStep(tx, { file, what, wh }));
      }
      const { meterCode, utcDay, revision } = meter;
      const { eventId, rowIndex } = view.blocks.find(
        (one) => one.meterCode === meterCode && one.utcDay === utcDay,
      )!;
      const what = `${meterCode}, ${utcDay}, revision ${revision}`;
      steps.push({
        step: 'block',
        what,
        wh: meter.wh,
        place: rowOf(eventId, rowIndex),
        file: null,
      });
    }
    for (const { certificateId, plantCode, externalId, wh, file } of opened.certificates) {
      if (!covers.certificates.has(certificateId)) continue;
      const what = `${externalId} of ${plantCode}, ${hour}`;
      if (file !== null) steps.push(await this.fileStep(tx, { file, what, wh }));
      const place = await this.certificates.placeOf(tx, certificateId);
      steps.push({ step: 'certificate', what, wh, place, file: null });
    }
    const subjects = new Set([...covers.meters, ...covers.certificates]);
    steps.push(...(await this.matchesOf(session, { view, runId, hour, subjects })));
    return steps;
  }

  /** A month as a run saw it. */
  async viewOf({ tx, views }: TraceSession, runId: string): Promise<MonthView> {
    const known = views.get(runId);
    if (known !== undefined) return known;
    const view = await this.matching.viewOfRun(tx, runId);
    views.set(runId, view);
    return view;
  }

  /** The rows of an event, read. */
  async rowsOf({ tx, rows }: TraceSession, eventId: string): Promise<readonly Row[]> {
    const known = rows.get(eventId);
    if (known !== undefined) return known;
    const event = (await this.ledger.eventIn(tx, eventId))!;
    const read = (await this.replay.rowsOf(tx, event)).map((text) => JSON.parse(text) as Row);
    rows.set(eventId, read);
    return read;
  }

  /** Lines of the energy book by which meters and certificates of an hour were matched: of this run, and those before. */
  private async matchesOf(
    session: TraceSession,
    of: {
      readonly view: MonthView;
      readonly runId: string;
      readonly hour: string;
      readonly subjects: ReadonlySet<string>;
    },
  ): Promise<readonly TraceStep[]> {
    const { view, runId, hour, subjects } = of;
    const { tx } = session;
    const hourMs = Date.parse(hour);
    const last = (await this.ledger.seqOf(tx, runId))!;
    const steps: TraceStep[] = [];
    for (const run of await this.matching.runsIn(tx)) {
      if (run.siteCode !== view.site.code || run.startsAt.getTime() !== view.inputs.startMs)
        continue;
      if ((await this.ledger.seqOf(tx, run.runId))! > last) continue;
      for (const [row, value] of (await this.rowsOf(session, run.runId)).entries()) {
        for (const { move, subject, wh } of matchedIn(value)) {
          if (!subjects.has(subject.name) || subject.hourMs !== hourMs) continue;
          const what = `${move} of ${subject.name}, ${hour}`;
          steps.push({ step: 'match', what, wh, place: rowOf(run.runId, row), file: null });
        }
      }
    }
    return steps;
  }

  private async fileStep(
    tx: LedgerTx,
    { file, what, wh }: { readonly file: FileLine; readonly what: string; readonly wh: number },
  ): Promise<TraceStep> {
    const { fileName, fileSha256, line, importId } = file;
    const eventId = await this.imports.eventOf(tx, importId);
    const place = { eventId, row: null };
    return { step: 'file', what, wh, place, file: { fileName, fileSha256, line } };
  }
}
