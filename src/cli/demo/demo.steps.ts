import { createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import { checkPack } from '../../core/packs/checks/check-pack.js';
import { recomputePack } from '../../core/packs/recompute.js';
import { AccessService } from '../../features/access/access.service.js';
import { CertificateIntakeService } from '../../features/certificates/certificates/certificate-intake.service.js';
import { AttestationsService } from '../../features/attestation/attestations.service.js';
import { PacksService } from '../../features/attestation/packs.service.js';
import { LedgerService } from '../../features/ledger/ledger.service.js';
import { VerificationService } from '../../features/ledger/replay/verification.service.js';
import { MatchingService } from '../../features/matching/runs/matching.service.js';
import { ImportJobsService } from '../../features/metering/uploads/import-jobs.service.js';
import { parseStatement, StatementsService } from '../../features/statements/statements.service.js';
import { TraceService } from '../../features/statements/trace.service.js';
import { type Actor, atTerminal } from '../../platform/auth/roles.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { readPack } from '../../platform/files/packed/pack-reader.js';
import { packageRoot } from '../../platform/files/package-root.js';
import { RecordDoors } from '../../platform/records/record-doors.js';
import { checkText } from '../evidence/pack.commands.js';
import { importText } from '../metering/import.command.js';
import { mwh, statementText } from '../shell/render.js';
import { traceText } from '../evidence/trace.text.js';

/** Where the demonstration says what it does. */
export type Say = (line: string) => void;

/** What the demonstration wrote. */
export interface DemoResult {
  readonly ledger: string;
  readonly adminKey: string | null;
  readonly files: readonly string[];
  readonly holds: boolean;
}

const LEDGER = 'demo';

/** The demonstration's records and files, taken in. */
@Injectable()
export class DemoIntake {
  private readonly fixtures = join(packageRoot(), 'fixtures', 'demo');

  constructor(
    private readonly doors: RecordDoors,
    private readonly intervals: ImportJobsService,
    private readonly certificates: CertificateIntakeService,
  ) {}

  async createRecords(actor: Actor): Promise<void> {
    const text = readFileSync(join(this.fixtures, 'records.json'), 'utf8');
    for (const { kind, document } of JSON.parse(text) as { kind: string; document: object }[]) {
      try {
        await this.doors.of(kind).create(actor, document);
      } catch (error) {
        // On a second run every record is known already.
        if (!(error instanceof DomainError && error.code === 'record.exists')) throw error;
      }
    }
  }

  async certificateFile(actor: Actor, fileName: string): Promise<string> {
    const bytes = createReadStream(join(this.fixtures, fileName));
    const file = { fileName, format: 'csv' } as const;
    const result = await this.certificates.importFile(actor, file, bytes);
    return result.alreadyImported
      ? `${fileName}: came before; nothing was done`
      : importText(result);
  }

  async intervalFile(actor: Actor, fileName: string): Promise<string> {
    const bytes = createReadStream(join(this.fixtures, fileName));
    const result = await this.intervals.importNow(actor, { fileName }, bytes);
    return result.alreadyImported
      ? `${fileName}: came before; nothing was done`
      : importText(result);
  }
}

/** What comes out of a month: statements, traces, attestation packs, and the proof of the log. */
@Injectable()
export class DemoOutcome {
  constructor(
    readonly statements: StatementsService,
    readonly traces: TraceService,
    readonly attestations: AttestationsService,
    readonly packs: PacksService,
    readonly verification: VerificationService,
  ) {}
}

/** The main job on the fixtures, step by step, through the same services as the API. */
@Injectable()
export class DemoSteps {
  private readonly out: string;
  private readonly files: string[] = [];

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly ledgers: LedgerService,
    private readonly access: AccessService,
    private readonly intake: DemoIntake,
    private readonly matching: MatchingService,
    private readonly outcome: DemoOutcome,
  ) {
    this.out = join(config.dataDir, 'demo');
  }

  /** Runs everything. A second run finds its files known and changes nothing. */
  async run(say: Say): Promise<DemoResult> {
    mkdirSync(this.out, { recursive: true });
    const { ledgerId, isNew } = await this.ledgers.open(LEDGER);
    const actor = atTerminal(ledgerId, 'energy-manager');
    let adminKey: string | null = null;
    if (isNew) {
      const admin: Actor = { ...actor, role: 'admin' };
      const request = { name: 'demo', role: 'admin', expiresAt: null } as const;
      adminKey = (await this.access.issue(admin, request)).key;
    }
    say(`1. Ledger "${LEDGER}": parties, site, meters, plants, contract, VAT rate, factors`);
    await this.intake.createRecords(actor);

    say('\n2. September 2026: 721 hours, because Morocco went to UTC+0 on the 20th');
    await this.takeIn(actor, '2026-09', say);
    await this.close(actor, '2026-09', say);

    say('\n3. October 2026, with a gap, a file sent twice and a reading that is a tenth too low');
    await this.takeIn(actor, '2026-10', say);
    say(`   ${await this.intake.certificateFile(actor, 'certificates-2026-10-sent-again.csv')}`);
    await this.close(actor, '2026-10', say);

    say('\n4. A correction of October arrives late: a revision, and only the touched hours again');
    say(`   ${await this.intake.intervalFile(actor, 'intervals-2026-10-correction.csv')}`);
    const statements = await this.close(actor, '2026-10', say);

    for (const text of [statements.carbon.text, statements.billing.text]) say(`\n${text}`);
    say('\n5. One figure, walked down to the lines of the files');
    const trace = await this.outcome.traces.trace(ledgerId, statements.carbon.statementId, {
      figure: 'matchedWh',
      hour: '2026-10-14T12:00:00Z',
    });
    say(traceText(trace));
    for (const month of ['2026-09', '2026-10']) await this.pack(actor, month);
    return { ledger: LEDGER, adminKey, files: this.files, holds: await this.check(ledgerId, say) };
  }

  private async takeIn(actor: Actor, month: string, say: Say): Promise<void> {
    say(`   ${await this.intake.certificateFile(actor, `certificates-${month}.csv`)}`);
    say(`   ${await this.intake.intervalFile(actor, `intervals-${month}.csv`)}`);
  }

  /** Matches a month, issues both statements, and writes them. */
  private async close(actor: Actor, month: string, say: Say): Promise<Written> {
    const { run, isNew } = await this.matching.run(actor, month, null);
    say(
      isNew
        ? `   matched ${mwh(run.matchedWh)} of ${mwh(run.demandWh)} MWh from ` +
            `${mwh(run.supplyWh)} MWh of certificates; ${run.touchedHours} hours posted`
        : `   nothing changed since the last run of ${month}; nothing was posted`,
    );
    const carbon = await this.statement(actor, 'carbon', month);
    const billing = await this.statement(actor, 'billing', month);
    return { carbon, billing };
  }

  /** Writes a month's pack, in place of one that an earlier run wrote. */
  private async pack(actor: Actor, month: string): Promise<void> {
    const name = `pack-${month}.zip`;
    const file = join(this.out, name);
    const attestation = await this.outcome.attestations.attest(actor, { month, siteCode: null });
    rmSync(file, { force: true });
    await this.outcome.packs.write(actor.ledgerId, attestation, { file, since: [] });
    if (!this.files.includes(file)) this.files.push(file);
  }

  private async statement(
    actor: Actor,
    kind: 'carbon' | 'billing',
    month: string,
  ): Promise<Written['carbon']> {
    const wanted = { month, siteCode: null };
    const { statement } = await this.outcome.statements.issue(actor, kind, wanted);
    const text = statementText(parseStatement(statement));
    const name = `${kind}-${month}-v${statement.version}`;
    this.write(`${name}.json`, statement.document.toString('utf8'));
    this.write(`${name}.txt`, `${text}\n`);
    return { statementId: statement.statementId, text };
  }

  private write(name: string, content: string): void {
    const file = join(this.out, name);
    writeFileSync(file, content);
    if (!this.files.includes(file)) this.files.push(file);
  }

  private async check(ledgerId: string, say: Say): Promise<boolean> {
    const { eventCount, rowCount, fault } = await this.outcome.verification.verify(ledgerId);
    say(
      fault === null
        ? `\n6. The ledger holds: ${eventCount} events, ${rowCount} sealed rows`
        : `\n6. BROKEN at event ${fault.seq}: ${fault.detail}`,
    );
    const files = await readPack(join(this.out, 'pack-2026-10.zip'));
    const { checks, pack } = checkPack(files, { key: null, since: null });
    const lines = [...checks, ...(pack === null ? [] : recomputePack(pack))];
    for (const line of lines) say(`   ${checkText(line)}`);
    return fault === null && pack !== null && lines.every(({ outcome }) => outcome !== 'FAIL');
  }
}

interface Written {
  readonly carbon: { readonly statementId: string; readonly text: string };
  readonly billing: { readonly statementId: string; readonly text: string };
}
