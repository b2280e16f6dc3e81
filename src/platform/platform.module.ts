import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock, MachineClock } from './clock.js';
import { ClockGuard } from './clock-guard.js';
import { CONFIG, type Config } from './config.js';
import { DATABASE_URL, Lanes, OTHER_BOUNDS } from './database/lanes.js';
import { LedgerScope } from './database/ledger-scope.js';
import { PdfRenderer } from './documents/pdf-renderer.js';
import { RecordKinds } from './records/record-kinds.js';
import { FileStore } from './files/file-store.js';
import { ReadingAttempts } from './files/reading-attempts.js';
import { Health } from './health.js';
import { Ids } from './ids.js';
import { JobStreams } from './jobs/job-streams.js';
import { AppendGuard } from './marker/append-guard.js';
import { Markers } from './marker/markers.js';
import { WritingStops } from './marker/writing-stops.js';
import { Queue } from './jobs/queue.js';
import { Replies } from './replies/replies.js';
import { Stopping } from './stopping.js';
import { Troubles } from './jobs/troubles.js';
import { Webhook } from './outgoing/webhook.js';

/** The machine, for every feature: clock, ids, settings, files, transactions. */
@Global()
@Module({})
export class PlatformModule {
  static with(config: Config, appUrl: string, kinds: RecordKinds): DynamicModule {
    return {
      module: PlatformModule,
      providers: [
        Clock,
        MachineClock,
        ClockGuard,
        Ids,
        { provide: CONFIG, useValue: config },
        { provide: DATABASE_URL, useValue: appUrl },
        { provide: OTHER_BOUNDS, useValue: {} },
        Queue,
        Lanes,
        LedgerScope,
        Markers,
        AppendGuard,
        WritingStops,
        FileStore,
        Health,
        Stopping,
        Troubles,
        Webhook,
        ReadingAttempts,
        Replies,
        JobStreams,
        PdfRenderer,
        { provide: RecordKinds, useValue: kinds },
      ],
      exports: [
        Clock,
        ClockGuard,
        Ids,
        CONFIG,
        Lanes,
        LedgerScope,
        Markers,
        AppendGuard,
        FileStore,
        Health,
        Queue,
        Stopping,
        Troubles,
        Webhook,
        ReadingAttempts,
        Replies,
        JobStreams,
        PdfRenderer,
        RecordKinds,
      ],
    };
  }
}
