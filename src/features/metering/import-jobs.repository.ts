import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { ImportJobEntity, type JobState } from './import-job.entity.js';

const LISTED = 200;

/** States that nothing follows. */
export const ENDED: readonly JobState[] = [
  ...(['committed', 'refused', 'cancelled', 'discarded', 'failed'] as const),
];

/** Loads and writes uploads on their way. */
@Injectable()
export class ImportJobsRepository {
  async add(tx: EntityManager, job: ImportJobEntity): Promise<void> {
    await tx.insert(ImportJobEntity, job as object);
  }

  find(tx: EntityManager, ledgerId: string, jobId: string): Promise<ImportJobEntity | null> {
    return tx.findOneBy(ImportJobEntity, { ledgerId, jobId });
  }

  /** Changes a job that has not ended; what has ended stays as it is, and false says so. */
  async change(
    tx: EntityManager,
    { ledgerId, jobId }: Pick<ImportJobEntity, 'ledgerId' | 'jobId'>,
    change: Partial<ImportJobEntity>,
  ): Promise<boolean> {
    const { affected } = await tx.update(
      ImportJobEntity,
      { ledgerId, jobId, state: Not(In(ENDED)) },
      change as object,
    );
    return affected === 1;
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
