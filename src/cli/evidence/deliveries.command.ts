import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import {
  type CheckpointDeliveryResponse,
  toCheckpointDelivery,
} from '../../features/signing/deliveries/checkpoint-deliveries.schemas.js';
import { CheckpointDeliveriesService } from '../../features/signing/deliveries/checkpoint-deliveries.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { table } from '../shell/render.js';

@Command({
  name: 'deliveries',
  description:
    'List the signed states that were sent to who keeps a copy; --ask has the log signed as it ends now, and sent by the server',
})
export class DeliveriesCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly deliveries: CheckpointDeliveriesService,
  ) {
    super();
  }

  @Option({ flags: '--ask', description: 'Have the log signed as it ends now, and sent' })
  parseAsk(): boolean {
    return true;
  }

  async run(_: string[], options: LedgerOptions & { readonly ask?: boolean }): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ, 'admin');
    if (options.ask === true) {
      const asked = toCheckpointDelivery(await this.deliveries.ask(ledgerId));
      const text = `${deliveriesText([asked])}\n\nThe server sends it within a minute.`;
      answer({ document: asked, text }, options.json);
      return;
    }
    const items = (await this.deliveries.list(ledgerId)).map(toCheckpointDelivery);
    const none =
      'Nothing was sent. Whoever runs the server sets MIZAN_CHECKPOINT_URL and MIZAN_CHECKPOINT_SECRET_FILE.';
    const text = items.length === 0 ? none : deliveriesText(items);
    answer({ document: { items }, text }, options.json);
  }
}

function deliveriesText(items: readonly CheckpointDeliveryResponse[]): string {
  const head = ['Requested', 'Events', 'Month', 'State', 'Attempts', 'Delivered', 'Problem'];
  const rows = items.map((one) => [
    one.requestedAt,
    String(one.size),
    one.month ?? '',
    one.state,
    String(one.attemptCount),
    one.deliveredAt ?? '',
    one.problem ?? '',
  ]);
  return table(head, rows, [1, 4]);
}
