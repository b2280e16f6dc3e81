/** A kind of record that no user has: what is written of it once is all that there is of it. */
import { Module } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { dataSourceOptions, RECORD_KINDS } from '../../src/data-source.js';
import { LedgerModule } from '../../src/features/ledger/ledger.module.js';
import { LedgerService } from '../../src/features/ledger/ledger.service.js';
import { RecordsService } from '../../src/features/ledger/records/records.service.js';
import { VerificationService } from '../../src/features/ledger/replay/verification.service.js';
import { describeApi } from '../../src/http.js';
import { atTerminal } from '../../src/platform/auth/roles.js';
import {
  RecordCode,
  recordController,
  RecordName,
} from '../../src/platform/http/record-controller.js';
import { Instant } from '../../src/core/shapes/values.shape.js';
import { instant, numeric, smallint } from '../../src/platform/records/record-columns.js';
import { RecordDoors } from '../../src/platform/records/record-doors.js';
import { recordKind } from '../../src/platform/records/record-kind.js';
import { RecordKinds } from '../../src/platform/records/record-kinds.js';
import { startApp, type TestApp } from '../support/app.js';
import { run } from '../support/database.js';
import { createGrid } from '../support/make.js';

/** What somebody noticed at a site. */
const SITE_NOTE = recordKind({
  kind: 'site-note',
  path: 'v1/site-notes',
  tag: 'notes',
  noun: 'note of a site',
  id: 'SiteNote',
  write: ['energy-manager'],
  attributes: z.strictObject({
    name: RecordName,
    siteCode: RecordCode.describe('Site that it is of'),
    noticedAt: Instant.nullable().default(null).describe('When it was noticed'),
    floor: z.int().min(-9).max(99).describe('Floor'),
    costMad: z.string().describe('What it cost, MAD'),
    words: z.array(z.string()).default([]).describe('To find it by'),
    isOpen: z.boolean().default(true).describe('Whether it is still so'),
    place: z.strictObject({ room: z.string() }).nullable().default(null).describe('Where'),
  }),
  columns: { noticedAt: instant, floor: smallint, costMad: numeric },
  table: {
    foreignKeys: { site_note_is_of_a_site: 'siteCode' },
    checks: { site_note_costs_something: 'cost_mad > 0' },
  },
  references: { siteCode: 'site' },
});

/** As a migration would make it. */
const TABLE = `
  CREATE TABLE mizan.site_note (
    ledger_id   uuid        NOT NULL,
    code        text        NOT NULL,
    version     integer     NOT NULL,
    name        text        NOT NULL,
    site_code   text        NOT NULL,
    noticed_at  timestamptz,
    floor       smallint    NOT NULL,
    cost_mad    numeric     NOT NULL,
    words       text[]      NOT NULL,
    is_open     boolean     NOT NULL,
    place       jsonb,
    event_id    uuid        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT site_note_version_is_written_once PRIMARY KEY (ledger_id, code, version),
    CONSTRAINT site_note_is_a_record FOREIGN KEY (ledger_id, code)
      REFERENCES mizan.record (ledger_id, code),
    CONSTRAINT site_note_is_of_a_site FOREIGN KEY (ledger_id, site_code)
      REFERENCES mizan.record (ledger_id, code),
    CONSTRAINT site_note_has_an_event FOREIGN KEY (ledger_id, event_id)
      REFERENCES mizan.ledger_event (ledger_id, event_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT site_note_versions_start_at_one CHECK (version >= 1),
    CONSTRAINT site_note_costs_something CHECK (cost_mad > 0)
  );
  CALL mizan.protect_table('site_note', append_only => true);`;

/** Where a feature lists its routes. */
@Module({ imports: [LedgerModule], controllers: [recordController(SITE_NOTE)] })
class NotesModule {}

const KINDS = new RecordKinds(RECORD_KINDS.all, [SITE_NOTE]);

describe('a kind of record', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      kinds: KINDS,
      features: [NotesModule],
      prepare: ({ ownerUrl }) => run(ownerUrl, TABLE),
    });
    await createGrid(app);
  });
  afterAll(() => app.close());

  const role = 'energy-manager';
  const note = {
    code: 'N-1',
    name: 'Hot',
    siteCode: 'SITE',
    floor: 2,
    costMad: '12.50',
    noticedAt: '2026-10-01T08:00:00Z',
    place: { room: 'B' },
  };

  it('has the table that it describes: no drift', async () => {
    const { ownerUrl } = app.database;
    const owner = await new DataSource(dataSourceOptions(ownerUrl, KINDS)).initialize();
    const { upQueries } = await owner.driver.createSchemaBuilder().log();
    await owner.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('has the five routes, its columns in the answer, and its refusals', async () => {
    const created = await app.call('POST', '/v1/site-notes', { role, body: note });
    expect(created).toMatchObject({ status: 201, body: { version: 1, words: [], isOpen: true } });
    expect(Object.keys(created.body)).toEqual([
      'code',
      'version',
      'recordedAt',
      'eventId',
      'name',
      'siteCode',
      'noticedAt',
      'floor',
      'costMad',
      'words',
      'isOpen',
      'place',
    ]);
    const { code, ...same } = note;
    const versions = `/v1/site-notes/${code}/versions`;
    // The same instant in the row is a `Date`: it is still the same.
    expect(await app.call('POST', versions, { role, body: same })).toMatchObject({
      status: 409,
      body: { code: 'record.unchanged' },
    });
    const next = { ...same, words: ['heat'], noticedAt: null };
    const headers = { 'if-match': '"v1"' };
    const revised = await app.call('POST', versions, { role, body: next, headers });
    expect(revised).toMatchObject({ status: 201, body: { version: 2, noticedAt: null } });
    expect(revised.headers.get('etag')).toBe('"v2"');
    const first = await app.call('GET', `/v1/site-notes/${code}?version=1`, { role });
    expect(first.body).toMatchObject({ noticedAt: '2026-10-01T08:00:00.000Z', costMad: '12.50' });
    const { body } = await app.call('GET', versions, { role: 'auditor' });
    expect(body.items.map((one: { version: number }) => one.version)).toEqual([1, 2]);
    expect((await app.call('GET', '/v1/site-notes', { role })).body.items).toHaveLength(1);

    const send = (changes: object, as: 'finance' | typeof role = role) =>
      app.call('POST', '/v1/site-notes', { role: as, body: { ...note, code: 'N-2', ...changes } });
    expect((await send({}, 'finance')).status).toBe(403);
    expect((await send({ floor: 'two' })).body.errors[0].pointer).toBe('/floor');
    expect(await send({ siteCode: 'M-60' })).toMatchObject({
      status: 422,
      body: { code: 'record.reference_unknown', field: 'siteCode', expectedKind: 'site' },
    });
  });

  it('is described beside what is committed, which it leaves as it is', () => {
    const { paths, components } = describeApi(app.nest);
    const committed = JSON.parse(readFileSync('fixtures/openapi.json', 'utf8'));
    const own = Object.keys(paths).filter((path) => !(path in committed.paths));
    expect(own).toEqual([
      '/v1/site-notes',
      '/v1/site-notes/{code}/versions',
      '/v1/site-notes/{code}',
    ]);
    expect(paths['/v1/site-notes']!.post).toMatchObject({
      operationId: 'SiteNoteController_create',
      tags: ['notes'],
      'x-roles': ['energy-manager'],
      summary: 'Create a note of a site as version 1.',
    });
    const shapes = Object.keys(components!.schemas!);
    expect(shapes.filter((name) => !(name in committed.components.schemas))).toEqual([
      'CreateSiteNoteRequest',
      'SiteNote',
      'ReviseSiteNoteRequest',
      'SiteNoteList',
    ]);
    for (const [path, item] of Object.entries(committed.paths)) {
      expect([path, paths[path]]).toEqual([path, item]);
    }
  });

  it('is known to the terminal, and to requests about many kinds', async () => {
    const door = app.nest.get(RecordDoors).of('site-note');
    expect(Object.keys(door.document.shape)).toEqual([
      'name',
      'siteCode',
      'noticedAt',
      'floor',
      'costMad',
      'words',
      'isOpen',
      'place',
      'code',
    ]);
    const saved = await door.create(atTerminal(app.ledgerId, role), { ...note, code: 'N-3' });
    expect(saved).toMatchObject({ code: 'N-3', version: 1 });
    const { code: _, ...site } = (await app.call('GET', '/v1/sites/SITE', { role })).body;
    const { organisationCode, boundary, deliveryPoint, contractedPowerW, legalTime } = site;
    const place = { organisationCode, boundary, deliveryPoint, contractedPowerW, legalTime };
    const records = [
      { kind: 'site-note', document: { ...note, code: 'N-4', siteCode: 'SITE-2' } },
      { kind: 'site', document: { code: 'SITE-2', name: 'Second', ...place } },
    ];
    const reply = await app.call('POST', '/v1/records', { role, body: { records } });
    expect([reply.status, reply.body.errors]).toEqual([201, undefined]);
  });

  it('is listed, or nobody keeps it', () => {
    const stranger = { ...SITE_NOTE, kind: 'stranger' };
    expect(() => app.nest.get(RecordsService).of(stranger)).toThrow('stranger is listed');
  });

  it('is sealed, and verified to its last column', async () => {
    const ledger = app.nest.get(LedgerService);
    const verification = app.nest.get(VerificationService);
    const events = await ledger.events(app.ledgerId, -1, 200);
    const sealed = events
      .map(({ payload }) => JSON.parse(payload.toString('utf8')).body)
      .filter(({ kind }) => kind === 'site-note');
    expect(sealed[0]).toEqual({
      kind: 'site-note',
      code: 'N-1',
      version: 1,
      rows: 'mizan/row/site-note/1',
    });
    expect((await verification.verify(app.ledgerId)).fault).toBeNull();
    const { adminUrl } = app.database;
    const tamper = (sql: string) =>
      run(adminUrl, `ALTER TABLE mizan.site_note DISABLE TRIGGER USER; ${sql}`);
    await tamper(`UPDATE mizan.site_note SET place = '{"room": "C"}' WHERE code = 'N-3'`);
    expect((await verification.verify(app.ledgerId)).fault).toMatchObject({ check: 'row_root' });
    await tamper(`UPDATE mizan.site_note SET place = '{"room": "B"}' WHERE code = 'N-3'`);
    expect((await verification.verify(app.ledgerId)).fault).toBeNull();
    // An instant is no part of the sealed row; the register compares it with its event.
    await tamper(`UPDATE mizan.site_note SET recorded_at = '2030-01-01' WHERE code = 'N-3'`);
    expect((await verification.verify(app.ledgerId)).fault).toMatchObject({ check: 'site_note' });
  });
});
