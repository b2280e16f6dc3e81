import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { parseInstant } from '../../core/time/interval.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { ImportJobsService } from '../../features/metering/uploads/import-jobs.service.js';
import { toImportJobResponse } from '../../features/metering/uploads/interval-import.schemas.js';
import {
  ReadingsQuery,
  toReadingsResponse,
} from '../../features/metering/questions/readings.schemas.js';
import { ReadingsService } from '../../features/metering/questions/readings.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, SEE } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { grouped, table } from '../shell/render.js';

@Command({
  name: 'jobs',
  description: 'List uploads on their way and what came of them, newest first',
})
export class JobsCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly jobs: ImportJobsService,
  ) {
    super();
  }

  async run(_: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const items = (await this.jobs.list(ledgerId)).map(toImportJobResponse);
    const short = await this.ids.shortest(
      ledgerId,
      'import',
      items.map(({ jobId }) => jobId),
    );
    const rows = items.map(({ jobId, state, fileName, rowCount, problem, createdAt }) => [
      createdAt,
      state,
      fileName,
      grouped(rowCount),
      problem?.code ?? '',
      short.get(jobId)!,
    ]);
    const text = table(['Since', 'State', 'File', 'Rows', 'Problem', 'Id'], rows, [3]);
    answer({ document: { items }, text: items.length === 0 ? 'No uploads.' : text }, options.json);
  }
}

@Command({
  name: 'cancel',
  arguments: '<job>',
  description: 'Stop an upload that is on its way, or lay a preview aside',
})
export class CancelCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly jobs: ImportJobsService,
  ) {
    super();
  }

  async run([jobId]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const id = await this.ids.resolve(ledgerId, 'import', jobId!);
    const job = toImportJobResponse(await this.jobs.cancel(ledgerId, id));
    const text =
      job.state === 'reading'
        ? `${job.fileName}: stops at its next step`
        : `${job.fileName}: ${job.state}`;
    answer({ document: job, text }, options.json);
  }
}

@Command({
  name: 'readings',
  arguments: '<meter> <from> <to>',
  description:
    'Readings of a meter, virtual or not, between two UTC instants, as known now or then',
})
export class ReadingsCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly readings: ReadingsService,
  ) {
    super();
  }

  @Option({
    flags: '--as-of <log>',
    description: 'What was known: a size of the log, or an instant',
  })
  parseAsOf(asOf: string): string {
    return asOf;
  }

  async run(
    [meter, from, to]: string[],
    options: LedgerOptions & { asOf?: string },
  ): Promise<void> {
    const { ledgerId } = await this.actor(options, ...SEE);
    const asked = { from, to, ...(options.asOf === undefined ? {} : { asOf: options.asOf }) };
    const { data, error } = ReadingsQuery.safeParse(asked);
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const query: z.output<typeof ReadingsQuery> = data;
    const stretch = { startMs: parseInstant(query.from)!, endMs: parseInstant(query.to)! };
    const read = await this.readings.read(ledgerId, meter!, {
      ...stretch,
      asOf: query.asOf ?? null,
    });
    const document = toReadingsResponse(read);
    const startMs = parseInstant(document.from)!;
    const rows = document.wh.map((wh, at) => [
      new Date(startMs + at * document.intervalMinutes * 60_000).toISOString().slice(0, 16),
      wh === null ? '–' : grouped(wh),
      document.quality[at]!,
    ]);
    const head = `${document.meterCode}, as known at ${document.asOf} events`;
    answer(
      { document, text: `${head}\n\n${table(['Start (UTC)', 'Wh', 'Quality'], rows, [1])}` },
      options.json,
    );
  }
}
