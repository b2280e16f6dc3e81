import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ImportJobEntity } from './import-job.entity.js';

const LISTED = 200;

/** Loads and writes uploads on their way. */
@Injectable()
export class ImportJobsRepository {
  async add(tx: EntityManager, job: ImportJobEntity): Promise<void> {
    await tx.insert(ImportJobEntity, job as object);
  }

  find(tx: EntityManager, ledgerId: string, jobId: string): Promise<ImportJobEntity | null> {
    return tx.findOneBy(ImportJobEntity, { ledgerId, jobId });
  }

  /** The same, locked until `tx` ends: one attempt at a time decides what became of a job. */
  lock(tx: EntityManager, ledgerId: string, jobId: string): Promise<ImportJobEntity | null> {
    return tx.findOne(ImportJobEntity, {
      where: { ledgerId, jobId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async change(
    tx: EntityManager,
    { ledgerId, jobId }: Pick<ImportJobEntity, 'ledgerId' | 'jobId'>,
    change: Partial<ImportJobEntity>,
  ): Promise<void> {
    await tx.update(ImportJobEntity, { ledgerId, jobId }, change as object);
  }

  /** The latest uploads, newest first. */
  list(tx: EntityManager, ledgerId: string): Promise<ImportJobEntity[]> {
    return tx.find(ImportJobEntity, {
      where: { ledgerId },
      order: { createdAt: 'DESC', jobId: 'DESC' },
      take: LISTED,
    });
  }
}
