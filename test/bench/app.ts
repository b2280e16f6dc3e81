/** The application on a database of its own, for benchmarks: as it is built, without HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Actor } from '../../src/platform/auth/roles.js';
import { createTestDatabase } from '../support/database.ts';
import { NO_RATES } from '../support/rates.ts';

const built = <T>(file: string): Promise<T> =>
  import(pathToFileURL(join(import.meta.dirname, '../../dist/src', file)).href) as Promise<T>;

/** What benchmarks call. */
export interface BenchApp {
  readonly adminUrl: string;
  readonly nest: INestApplicationContext;
  readonly actor: Actor;
  importIntervals(fileName: string, bytes: Readable, profileCode?: string): Promise<void>;
  createProfile(code: string, settings: object): Promise<void>;
  close(): Promise<void>;
}

type Parties = typeof import('../../src/features/parties/parties.service.js');
type Assets = typeof import('../../src/features/assets/assets.service.js');

const UNPLACED = { parentCode: null, formula: null, intervalChanges: null };

/** Opens a ledger with one site of quarter-hour meters. */
export async function createBenchApp(
  meters: number,
  code: (meter: number) => string,
): Promise<BenchApp> {
  await import('reflect-metadata');
  type App = typeof import('../../src/app.module.js');
  type Config = typeof import('../../src/platform/config.js');
  type Ledgers = typeof import('../../src/features/ledger/ledger.service.js');
  type Jobs = typeof import('../../src/features/metering/uploads/import-jobs.service.js');
  type Profiles = typeof import('../../src/features/metering/profiles/profiles.service.js');
  type Schemas = typeof import('../../src/features/metering/profiles/profiles.schemas.js');
  const { AppModule } = await built<App>('app.module.js');
  const { readConfig } = await built<Config>('platform/config.js');
  const { LedgerService } = await built<Ledgers>('features/ledger/ledger.service.js');
  const { PartiesService } = await built<Parties>('features/parties/parties.service.js');
  const { AssetsService } = await built<Assets>('features/assets/assets.service.js');
  const { ImportJobsService } = await built<Jobs>(
    'features/metering/uploads/import-jobs.service.js',
  );
  const { ProfilesService } = await built<Profiles>(
    'features/metering/profiles/profiles.service.js',
  );
  const { ImportProfileAttributes } = await built<Schemas>(
    'features/metering/profiles/profiles.schemas.js',
  );
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-bench-data-'));
  const config = readConfig({
    ...{ MIZAN_DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
    ...NO_RATES,
  });
  const app = await NestFactory.createApplicationContext(AppModule.on(database.appUrl, config), {
    logger: false,
  });
  const { ledgerId } = await app.get(LedgerService).open('bench');
  const actor = {
    ...{ ledgerId, id: 'cli', principalId: 'terminal' },
    role: 'energy-manager',
  } as const;
  const codes = Array.from({ length: meters }, (_, meter) => code(meter));
  await makeSite(app.get(PartiesService), app.get(AssetsService), actor, codes);
  const jobs = app.get(ImportJobsService);
  return {
    adminUrl: database.adminUrl,
    nest: app,
    actor,
    importIntervals: async (fileName, bytes, profileCode) => {
      await jobs.importNow(actor, { fileName, profileCode: profileCode ?? null }, bytes);
    },
    createProfile: async (profile, settings) => {
      const attributes = ImportProfileAttributes.parse({ name: profile, settings });
      await app.get(ProfilesService).profiles.create(actor, profile, attributes);
    },
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One site with a meter for each code. */
async function makeSite(
  parties: InstanceType<Parties['PartiesService']>,
  assets: InstanceType<Assets['AssetsService']>,
  actor: Actor,
  codes: readonly string[],
): Promise<void> {
  const none = { legalForm: null, ice: null, taxId: null, tradeRegister: null, address: null };
  const organisation = { name: 'Owner', country: 'MA', ...none };
  await parties.organisations.create(actor, 'OWNER', organisation);
  await assets.sites.create(actor, 'SITE', {
    ...{ name: 'Site', organisationCode: 'OWNER', boundary: 'MA', deliveryPoint: 'busbar' },
    ...{ contractedPowerW: 500_000_000, legalTime: 'MA' },
  });
  for (const code of codes) {
    await assets.meters.create(actor, code, {
      ...{ name: code, siteCode: 'SITE', intervalMinutes: 15, ratedPowerW: 3_000_000 },
      ...{ direction: 'consumption', isBooked: true, ...UNPLACED },
    });
  }
}
