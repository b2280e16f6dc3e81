import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ModuleRef } from '@nestjs/core';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { AccessService } from '../../src/features/access/access.service.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import {
  type Replayed,
  REPLAYS,
  type Replays,
} from '../../src/features/ledger/replay/replay.port.js';
import { httpAdapter, prepareHttp } from '../../src/http.js';
import { REPLAYED } from '../../src/ports.module.js';
import { type Actor, atTerminal, type Role, ROLES } from '../../src/platform/auth/roles.js';
import { Clock } from '../../src/platform/clock.js';
import { Ids } from '../../src/platform/ids.js';
import { OTHER_BOUNDS, type OtherBounds } from '../../src/platform/database/lanes.js';
import { readConfig } from '../../src/platform/config.js';
import type { RecordKinds } from '../../src/platform/records/record-kinds.js';
import { FrameworkLogger, logger } from '../../src/platform/logger.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { NO_RATES } from './rates.js';

/** What a request may carry. */
export interface Call {
  readonly role?: Role;
  readonly key?: string;
  readonly body?: unknown;
  readonly type?: string;
  /** `Idempotency-Key` of the request. */
  readonly idempotencyKey?: string;
  /** Detached JWS over the body. */
  readonly signature?: string;
  /** Any other headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The application on a database of its own, on a real port, with one key per role. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly url: string;
  readonly ledgerId: string;
  readonly keys: Readonly<Record<Role, string>>;
  /** Key of the admin who confirms what the first one issues. */
  readonly secondAdmin: string;
  /** Sets the clock of the application. */
  setNow(instant: string): void;
  call(method: string, path: string, call?: Call): Promise<AnyReply>;
  /** Ends it and what it stands on; `between` ends what lies between it and its database. */
  close(between?: () => Promise<void>): Promise<void>;
}

/** An answer whose body a test reads as it likes. */
export interface AnyReply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** How to start the application. */
interface Options {
  readonly now?: string;
  readonly ledger?: string;
  /** Ids and secrets that only count, so that two runs write the same bytes. */
  readonly areIdsCounted?: boolean;
  /** Settings by variable; rates are off unless one is given. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Bounds of lanes, where a test cannot wait as long as people do. */
  readonly lanes?: OtherBounds;
  /** Folder of kept files; one of its own unless told. */
  readonly dataDir?: string;
  /** What the log holds beside what the application knows. */
  readonly replayed?: Replayed;
  /** Another process of the same ledger: its database and keys. */
  readonly beside?: TestApp;
  /** The database as it is reached by another way; its own URL in, that way out. */
  readonly through?: (appUrl: string) => Promise<string>;
  /** What is done to the database before it is used. */
  readonly prepare?: (database: TestDatabase) => Promise<void>;
  /** Kinds of records, and modules, beside those of the product. */
  readonly kinds?: RecordKinds;
  readonly features?: readonly Type[];
}

/** Ids that are drawn before a test begins count from here, those of the test from `FIRST_ID`. */
const SET_UP_ID = 1_000_000;
const FIRST_ID = 17;

function countedIds(): Pick<Ids, 'next' | 'secret' | 'jitter'> & { begin(): void } {
  let count = SET_UP_ID;
  return {
    begin: () => {
      count = FIRST_ID - 1;
    },
    next: () => `01a00000-0000-7000-8000-${String((count += 1)).padStart(12, '0')}`,
    secret: (byteCount) => Buffer.alloc(byteCount, (count += 1)),
    jitter: () => 1,
  };
}

function knowMore(builder: TestingModuleBuilder, replayed: Replayed): void {
  builder.overrideProvider(REPLAYS).useFactory({
    factory: (all: ModuleRef) => () => [
      ...REPLAYED.map((one) => all.get<Replays>(one, { strict: false })),
      { replayed: () => replayed },
    ],
    inject: [ModuleRef],
  });
}

/** Starts the application; `now` is the instant its clock shows until it is set again. */
export async function startApp(options: Options = {}): Promise<TestApp> {
  const { now = '2026-11-10T09:00:00Z', ledger = 'test', areIdsCounted = false } = options;
  const { lanes = {}, through = async (url: string) => url, settings } = options;
  logger.level = 'silent';
  const { beside } = options;
  const database = beside?.database ?? (await createTestDatabase());
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'mizan-app-'));
  await options.prepare?.(database);
  const { features = [], kinds } = options;
  const of = kinds === undefined ? {} : { kinds };
  const config = readConfig({ ...NO_RATES, ...settings, MIZAN_DATA_DIR: dataDir, PORT: '0' });
  let clockMs = Date.parse(now);
  const builder = Test.createTestingModule({
    imports: [AppModule.on(await through(database.appUrl), config, of), ...features],
  })
    .overrideProvider(Clock)
    .useValue({ now: () => new Date(clockMs), steps: 0, lastStepMs: 1 })
    .overrideProvider(OTHER_BOUNDS)
    .useValue(lanes);
  const counted = countedIds();
  if (areIdsCounted) builder.overrideProvider(Ids).useValue(counted);
  if (options.replayed !== undefined) knowMore(builder, options.replayed);
  const module = await builder.compile();
  const nest = module.createNestApplication<NestFastifyApplication>(httpAdapter(config), {
    logger: new FrameworkLogger(),
  });
  await prepareHttp(nest);
  await nest.listen(0, '127.0.0.1');
  const url = (await nest.getUrl()).replace('[::1]', '127.0.0.1');
  const { ledgerId } = await nest.get(LedgerService).open(ledger);
  const { keys, secondAdmin } = beside ?? (await issueKeys(nest.get(AccessService), ledgerId));
  counted.begin();
  return {
    nest,
    database,
    url,
    ledgerId,
    keys,
    secondAdmin,
    setNow: (instant) => {
      clockMs = Date.parse(instant);
    },
    call: (method, path, call = {}) => request(url, keys, { method, path, call }),
    close: async (between = async () => {}) => {
      await nest.close();
      await between();
      if (beside === undefined) await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One key for each role, each under a name of its own, as two admins give them out. */
export async function issueKeys(
  access: AccessService,
  ledgerId: string,
): Promise<Pick<TestApp, 'keys' | 'secondAdmin'>> {
  const [first, second] = [await firstAdmin('admin'), await firstAdmin('second admin')];
  const keys: Partial<Record<Role, string>> = { admin: first.key };
  for (const role of ROLES.filter((one) => one !== 'admin')) {
    const issued = await access.issue(first.actor, { name: role, role, expiresAt: null });
    if (issued.state === 'PENDING') await access.confirm(second.actor, issued.keyId);
    keys[role] = issued.key;
  }
  return { keys: keys as Record<Role, string>, secondAdmin: second.key };

  async function firstAdmin(
    name: string,
  ): Promise<{ readonly key: string; readonly actor: Actor }> {
    const request = { name, role: 'admin', expiresAt: null } as const;
    const { key, keyId, row } = await access.issue(atTerminal(ledgerId, 'admin'), request);
    const { principalId } = row;
    return { key, actor: { ledgerId, id: keyId, principalId, role: 'admin' } };
  }
}

async function request(
  url: string,
  keys: Readonly<Record<string, string>>,
  { method, path, call }: { method: string; path: string; call: Call },
): Promise<AnyReply> {
  const { role, body, type = 'application/json', idempotencyKey, signature } = call;
  const key = call.key ?? (role === undefined ? undefined : keys[role]);
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      connection: 'close',
      ...call.headers,
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(signature === undefined ? {} : { 'x-mizan-signature': signature }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
    text,
    body: text === '' ? null : JSON.parse(text),
  };
}
