import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import {
  type MarkerResponse,
  ResumptionRequest,
  toMarkerResponse,
} from '../../features/access/marker.schemas.js';
import { ResumptionsService } from '../../features/access/resumptions.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions } from '../shell/base.command.js';
import { answer } from '../shell/output.js';

interface ResumeOptions extends LedgerOptions {
  readonly reason?: string;
  readonly confirm?: boolean;
}

@Command({
  name: 'resume',
  description:
    'Go on with a ledger whose last events are lost: one admin asks (resume --reason TEXT), another confirms (resume --confirm); without either, shows how the ledger stands to its marker',
})
export class ResumeCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly resumptions: ResumptionsService,
  ) {
    super();
  }

  @Option({ flags: '--reason <text>', description: 'Ask for it: why the events are lost' })
  parseReason(text: string): string {
    return text;
  }

  @Option({ flags: '--confirm', description: 'Confirm what another admin has asked' })
  parseConfirm(): boolean {
    return true;
  }

  async run(_: string[], { reason, confirm, ...options }: ResumeOptions): Promise<void> {
    const actor = await this.actor(options, 'admin');
    if (reason !== undefined && confirm === true) {
      const detail = 'Ask with --reason, or confirm with --confirm: two admins do one each.';
      throw new DomainError('request.invalid', {
        errors: [{ pointer: '/options/confirm', rule: 'resume.one_step', detail }],
      });
    }
    if (reason !== undefined) {
      const { data, error } = ResumptionRequest.safeParse({ reason });
      if (error)
        throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
      return show(await this.resumptions.ask(actor, data.reason), options);
    }
    if (confirm === true) return show(await this.resumptions.confirm(actor), options);
    return show(await this.resumptions.view(actor.ledgerId), options);
  }
}

function show(view: Parameters<typeof toMarkerResponse>[0], { json }: LedgerOptions): void {
  const document = toMarkerResponse(view);
  answer({ document, text: markerText(document) }, json);
}

function markerText({ standing, size, marked, asked, lost }: MarkerResponse): string {
  const known = marked === null ? 'no event' : `${marked.size} events`;
  const stands = {
    with: `The ledger is what is known of it: ${size} events, the marker knows ${known}.`,
    behind: `The ledger is behind: ${size} events, the marker knows ${known}. It takes nothing in.`,
    forked: `The ledger is another: ${size} events; the last of the ${known} that the marker knows is not among them. It takes nothing in.`,
  }[standing];
  const waits =
    asked === null
      ? []
      : [
          `Asked to go on at ${asked.askedAt}: ${asked.reason}`,
          'Another admin confirms it: `mizan resume --confirm`.',
        ];
  const declared = lost.map(
    (one) => `Declared lost on ${one.resumedAt}: what was known up to event ${one.size - 1}.`,
  );
  return [stands, ...waits, ...declared].join('\n');
}
