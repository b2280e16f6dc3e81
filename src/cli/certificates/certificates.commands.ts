import { Inject } from '@nestjs/common';
import { Command, Option } from 'nest-commander';
import { DomainError } from '../../core/errors.js';
import {
  ActionRequest,
  ExpiryQuery,
  type BundleResponse,
  toBundleResponse,
} from '../../features/certificates/bundles/bundles.schemas.js';
import { BundlesService } from '../../features/certificates/bundles/bundles.service.js';
import { ExpiryService } from '../../features/certificates/expiry/expiry.service.js';
import {
  CertificateQuery,
  toCertificateListResponse,
} from '../../features/certificates/certificates/certificates.schemas.js';
import { CertificatesService } from '../../features/certificates/certificates/certificates.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { pointerProblems } from '../../platform/http/problems.js';
import { LedgerCommand, type LedgerOptions, READ } from '../shell/base.command.js';
import { answer } from '../shell/output.js';
import { mwh, table } from '../shell/render.js';

interface ActOptions extends LedgerOptions {
  readonly for?: string;
  readonly bundle?: readonly string[];
  readonly wh?: number;
  readonly percentage?: string;
  readonly target?: string;
  readonly beneficiary?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

abstract class BundleCommand extends LedgerCommand {
  protected shortIds(
    ledgerId: string,
    bundles: readonly BundleResponse[],
  ): Promise<ReadonlyMap<string, string>> {
    const ids = bundles.map(({ bundleId }) => bundleId);
    return this.ids.shortest(ledgerId, 'certificate', ids);
  }
}

@Command({
  name: 'act',
  arguments: '<action>',
  description: 'Do something with certificates: act cancel --for OWNER --bundle ID --wh 1000',
})
export class ActCommand extends BundleCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly bundles: BundlesService,
  ) {
    super();
  }

  @Option({ flags: '--for <code>', description: 'Organisation that acts, or the issuer' })
  parseFor(code: string): string {
    return code;
  }

  @Option({ flags: '--bundle <id>', description: 'A bundle, or a certificate; may be repeated' })
  parseBundle(id: string, ids: readonly string[] = []): readonly string[] {
    return [...ids, id];
  }

  @Option({ flags: '--wh <number>', description: 'Wh of all the bundles together' })
  parseWh(text: string): number {
    return Number(text);
  }

  @Option({
    flags: '--percentage <share>',
    description: 'Share of all the bundles, for example 0.5',
  })
  parsePercentage(text: string): string {
    return text;
  }

  @Option({ flags: '--target <code>', description: 'Transfer: the receiver' })
  parseTarget(code: string): string {
    return code;
  }

  @Option({ flags: '--beneficiary <name>', description: 'Cancel or reserve: for whom' })
  parseBeneficiary(name: string): string {
    return name;
  }

  @Option({ flags: '--key <text>', description: 'Key that makes a repeat harmless (default: new)' })
  parseKey(text: string): string {
    return text;
  }

  @Option({ flags: '--dry-run', description: 'Try it, with every refusal; write nothing' })
  parseDryRun(): boolean {
    return true;
  }

  async run([action]: string[], options: ActOptions): Promise<void> {
    const actor = await this.actor(options, 'energy-manager');
    const bundleIds: string[] = [];
    for (const id of options.bundle ?? []) {
      bundleIds.push(await this.ids.resolve(actor.ledgerId, 'certificate', id));
    }
    const { data, error } = ActionRequest.safeParse({
      action,
      actingFor: options.for,
      bundles: bundleIds.map((bundleId) => ({ bundleId })),
      quantityWh: options.wh ?? null,
      percentage: options.percentage ?? null,
      target: options.target ?? null,
      beneficiary: options.beneficiary ?? null,
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const key = options.key ?? this.ledgers.nextId();
    const { dryRun = false } = options;
    const { response, isReplayed } = await this.bundles.act(actor, key, data, { dryRun });
    const { bundles } = response as { readonly bundles: readonly BundleResponse[] };
    const short = await this.shortIds(actor.ledgerId, bundles);
    const { cannotBeTakenBack } = response as { readonly cannotBeTakenBack?: string };
    const done = isReplayed ? 'Done before under this key.' : 'Done.';
    const text = `${bundlesText(bundles, short)}\n${dryRun ? `Nothing was done. ${cannotBeTakenBack}` : done}`;
    answer({ document: { ...response, isReplayed }, text }, options.json);
  }
}

@Command({
  name: 'certificates',
  arguments: '<from> <to>',
  description: 'List certificates of a period: certificates 2026-10-14T19:00Z 2026-10-14T20:00Z',
})
export class CertificatesCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly certificates: CertificatesService,
  ) {
    super();
  }

  @Option({ flags: '--plant <code>', description: 'One plant; all without' })
  parsePlant(code: string): string {
    return code;
  }

  async run([from, to]: string[], options: LedgerOptions & { plant?: string }): Promise<void> {
    const { data, error } = CertificateQuery.safeParse({
      from: withSeconds(from!),
      to: withSeconds(to!),
      ...(options.plant === undefined ? {} : { plantCode: options.plant }),
    });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const { ledgerId } = await this.actor(options, ...READ);
    const certificates = await this.certificates.list(ledgerId, {
      plantCode: data.plantCode ?? null,
      startMs: Date.parse(data.from),
      endMs: Date.parse(data.to),
    });
    const document = toCertificateListResponse(certificates);
    const short = await this.ids.shortest(
      ledgerId,
      'certificate',
      document.items.map(({ certificateId }) => certificateId),
    );
    const rows = document.items.map((one) => [
      short.get(one.certificateId)!,
      one.plantCode,
      one.start,
      mwh(one.wh),
      one.issuer,
      one.status,
      one.signedBy ?? 'not signed',
      one.flags.join(', '),
    ]);
    const head = ['Certificate', 'Plant', 'From', 'MWh', 'Issuer', 'Stated', 'Signed by', ''];
    answer({ document, text: table(head, rows, [3]) }, options.json);
  }
}

/** `2026-10-14T19:00Z` is enough at the terminal. */
function withSeconds(instant: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(instant) ? instant.replace('Z', ':00Z') : instant;
}

@Command({
  name: 'bundles',
  arguments: '<certificate>',
  description: 'Show what has become of a certificate: its bundles, by range',
})
export class BundlesCommand extends BundleCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly bundles: BundlesService,
  ) {
    super();
  }

  async run([certificateId]: string[], options: LedgerOptions): Promise<void> {
    const { ledgerId } = await this.actor(options, ...READ);
    const id = await this.ids.resolve(ledgerId, 'certificate', certificateId!);
    const items = (await this.bundles.ofCertificate(ledgerId, id)).map(toBundleResponse);
    const short = await this.shortIds(ledgerId, items);
    answer({ document: { items }, text: bundlesText(items, short) }, options.json);
  }
}

@Command({
  name: 'expire',
  description: 'Expire certificates whose time has come, and show what expires next',
})
export class ExpireCommand extends LedgerCommand {
  constructor(
    @Inject(CONFIG) protected readonly config: Config,
    protected readonly ledgers: LedgerService,
    private readonly expiry: ExpiryService,
  ) {
    super();
  }

  @Option({ flags: '--within <days>', description: 'Days to look ahead (default: 90)' })
  parseWithin(text: string): number {
    return Number(text);
  }

  async run(_: string[], options: LedgerOptions & { within?: number }): Promise<void> {
    const { data, error } = ExpiryQuery.safeParse({ withinDays: options.within ?? 90 });
    if (error) throw new DomainError('request.invalid', { errors: pointerProblems(error.issues) });
    const actor = await this.actor(options, 'energy-manager');
    const sweep = await this.expiry.sweep(actor);
    const items = await this.expiry.expiring(actor.ledgerId, data.withinDays);
    const rows = items.map((one) => [
      one.expiresOn,
      one.plantCode,
      String(one.bundleCount),
      mwh(one.wh),
      mwh(one.matchedWh),
    ]);
    const text = [
      `Expired: ${sweep.expiredCount} bundles, ${mwh(sweep.expiredWh)} MWh.`,
      rows.length === 0
        ? `Nothing expires within ${data.withinDays} days.`
        : table(['Expires', 'Plant', 'Bundles', 'MWh', 'Matched, not cancelled'], rows, [2, 3, 4]),
    ].join('\n');
    answer({ document: { ...sweep, expiring: items }, text }, options.json);
  }
}

function bundlesText(
  bundles: readonly BundleResponse[],
  short: ReadonlyMap<string, string>,
): string {
  const rows = bundles.map((bundle) => [
    short.get(bundle.bundleId)!,
    `${bundle.rangeStart}..${bundle.rangeEnd}`,
    mwh(bundle.wh),
    bundle.status,
    bundle.ownerCode,
    bundle.beneficiary ?? '',
  ]);
  return table(['Bundle', 'Ids', 'MWh', 'Status', 'Owner', 'Beneficiary'], rows, [2]);
}
