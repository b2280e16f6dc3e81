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

type Doors = typeof import('../../src/platform/records/record-doors.js');

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
  const { AppModule } = await built<App>('app.module.js');
  const { readConfig } = await built<Config>('platform/config.js');
  const { LedgerService } = await built<Ledgers>('features/ledger/ledger.service.js');
  const { RecordDoors } = await built<Doors>('platform/records/record-doors.js');
  const { ImportJobsService } = await built<Jobs>(
    'features/metering/uploads/import-jobs.service.js',
  );
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'mizan-bench-data-'));
  const config = readConfig({
    MIZAN_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    ...NO_RATES,
  });
  const app = await NestFactory.createApplicationContext(AppModule.on(database.appUrl, config), {
    logger: false,
  });
  const { ledgerId } = await app.get(LedgerService).open('bench');
  const actor = {
    ledgerId,
    id: 'cli',
    principalId: 'terminal',
    role: 'energy-manager',
  } as const;
  const codes = Array.from({ length: meters }, (_, meter) => code(meter));
  const doors = app.get(RecordDoors);
  await makeSite(doors, actor, codes);
  const jobs = app.get(ImportJobsService);
  return {
    adminUrl: database.adminUrl,
    nest: app,
    actor,
    importIntervals: async (fileName, bytes, profileCode) => {
      await jobs.importNow(actor, { fileName, profileCode: profileCode ?? null }, bytes);
    },
    createProfile: async (profile, settings) => {
      await doors.of('import-profile').create(actor, { code: profile, name: profile, settings });
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
  doors: InstanceType<Doors['RecordDoors']>,
  actor: Actor,
  codes: readonly string[],
): Promise<void> {
  const organisation = { code: 'OWNER', name: 'Owner', country: 'MA' };
  await doors.of('organisation').create(actor, organisation);
  await doors.of('site').create(actor, {
    code: 'SITE',
    name: 'Site',
    organisationCode: 'OWNER',
    boundary: 'MA',
    deliveryPoint: 'busbar',
    contractedPowerW: 500_000_000,
    legalTime: 'MA',
  });
  for (const code of codes) {
    const meter = { code, name: code, siteCode: 'SITE', intervalMinutes: 15 };
    await doors.of('meter').create(actor, { ...meter, ratedPowerW: 3_000_000 });
  }
}
