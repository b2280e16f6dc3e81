import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';
import { ImportJobEntity, type JobState } from './import-job.entity.js';

const LISTED = 200;
/** Whoever opens a job does it, or hands it over, in less; what is left after that is nobody's. */
const OPENED_S = 60;

/** States that nothing follows. */
export const ENDED: readonly JobState[] = [
  ...(['committed', 'refused', 'cancelled', 'discarded', 'failed'] as const),
];

/** Which job. */
export type JobKey = Pick<ImportJobEntity, 'ledgerId' | 'jobId'>;

/** Loads and writes uploads on their way. */
@Injectable()
export class ImportJobsRepository {
  async add(tx: LedgerTx, job: ImportJobEntity): Promise<void> {
    await tx.insert(ImportJobEntity, job as object);
    await this.goesOn(tx, job, OPENED_S);
  }

  find(tx: LedgerTx, jobId: string): Promise<ImportJobEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(ImportJobEntity, { ledgerId, jobId });
  }

  /** Changes a job that has not ended; what has ended stays as it is, and false says so. */
  async change(
    tx: LedgerTx,
    { ledgerId, jobId }: JobKey,
    change: Partial<ImportJobEntity>,
  ): Promise<boolean> {
    const { affected } = await tx.update(
      ImportJobEntity,
      { ledgerId, jobId, state: Not(In(ENDED)) },
      change as object,
    );
    return affected === 1;
  }

  /**
   * Begins an attempt: counts it and says that someone is at it. Null for a job that has ended.
   *
   * @param leaseS  For how long it is known to be worked on, s.
   */
  async begin(
    tx: LedgerTx,
    { ledgerId, jobId }: JobKey,
    { leaseS, now }: { readonly leaseS: number; readonly now: Date },
  ): Promise<ImportJobEntity | null> {
    await tx.query(
      `UPDATE import_job SET state = 'reading', attempt_count = attempt_count + 1, bytes_read = 0,
         row_count = 0, updated_at = $4, worked_until = clock_timestamp() + make_interval(secs => $3)
       WHERE ledger_id = $1 AND job_id = $2 AND NOT state = ANY($5)`,
      [ledgerId, jobId, leaseS, now, ENDED],
    );
    const job = await this.find(tx, jobId);
    return job === null || ENDED.includes(job.state) ? null : job;
  }

  /** Says that someone is still at a job. False once it is to be cancelled, or has ended. */
  async goesOn(tx: LedgerTx, { ledgerId, jobId }: JobKey, leaseS: number): Promise<boolean> {
    const [rows] = await tx.query<[{ is_cancelled: boolean }[], number]>(
      `UPDATE import_job SET worked_until = clock_timestamp() + make_interval(secs => $3)
       WHERE ledger_id = $1 AND job_id = $2 AND NOT state = ANY($4) RETURNING is_cancelled`,
      [ledgerId, jobId, leaseS, ENDED],
    );
    return rows[0]?.is_cancelled === false;
  }

  /** Jobs on their way that nobody is known to be at. */
  async left(tx: LedgerTx): Promise<readonly JobKey[]> {
    const { ledgerId } = tx;
    const rows = await tx.query<{ job_id: string }[]>(
      `SELECT job_id FROM import_job WHERE ledger_id = $1 AND state IN ('queued', 'reading')
         AND (worked_until IS NULL OR worked_until < clock_timestamp()) ORDER BY created_at, job_id`,
      [ledgerId],
    );
    return rows.map(({ job_id: jobId }) => ({ ledgerId, jobId }));
  }

  /** Hashes of the files of uploads that have not ended: their bytes and their rejected rows. */
  async heldFiles(tx: LedgerTx): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ sha256: string }[]>(
      `SELECT file_sha256 AS sha256 FROM import_job WHERE ledger_id = $1 AND NOT state = ANY($2)
       UNION SELECT rejects_sha256 FROM import_job
       WHERE ledger_id = $1 AND NOT state = ANY($2) AND rejects_sha256 IS NOT NULL`,
      [tx.ledgerId, ENDED],
    );
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  /** How many uploads of someone are on their way. */
  countOnTheirWay(tx: LedgerTx, actor: string): Promise<number> {
    const { ledgerId } = tx;
    return tx.countBy(ImportJobEntity, { ledgerId, actor, state: In(['queued', 'reading']) });
  }

  /** Those of some jobs that are there. */
  findAll(tx: LedgerTx, jobIds: readonly string[]): Promise<ImportJobEntity[]> {
    const { ledgerId } = tx;
    return tx.findBy(ImportJobEntity, { ledgerId, jobId: In([...jobIds]) });
  }

  /**
   * The first upload that committed and is not what its import, and the event of that, say; null when
   * all are. Uploads that committed nothing say nothing that could be compared.
   */
  async disagreement(
    tx: LedgerTx,
  ): Promise<{ readonly jobId: string; readonly seq: number | null } | null> {
    const [found] = await tx.query<{ job_id: string; seq: string | null }[]>(
      `SELECT j.job_id, e.seq FROM import_job j
       LEFT JOIN import_file f ON f.ledger_id = j.ledger_id AND f.import_id = j.import_id
       LEFT JOIN ledger_event e ON e.ledger_id = f.ledger_id AND e.event_id = f.event_id
       WHERE j.ledger_id = $1 AND j.state = 'committed' AND NOT coalesce(
         f.kind = 'intervals' AND j.file_sha256 = f.file_sha256 AND j.byte_count = f.byte_count
         AND (j.import_id <> j.job_id OR (
           j.event_id = f.event_id AND j.file_name = f.file_name AND j.actor = e.actor
           AND j.actor_principal = coalesce(e.actor_principal, j.actor_principal)
           AND j.actor_role = e.actor_role)), false)
       ORDER BY e.seq NULLS FIRST, j.job_id LIMIT 1`,
      [tx.ledgerId],
    );
    if (found === undefined) return null;
    return { jobId: found.job_id, seq: found.seq === null ? null : Number(found.seq) };
  }

  /** The latest uploads, newest first. */
  list(tx: LedgerTx): Promise<ImportJobEntity[]> {
    const { ledgerId } = tx;
    return tx.find(ImportJobEntity, {
      where: { ledgerId },
      order: { createdAt: 'DESC', jobId: 'DESC' },
      take: LISTED,
    });
  }
}
