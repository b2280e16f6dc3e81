import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ImportFileEntity } from './import-file.entity.js';

/** Loads and writes the register of files. */
@Injectable()
export class ImportsRepository {
  known(
    tx: EntityManager,
    file: Pick<ImportFileEntity, 'ledgerId' | 'kind' | 'fileSha256' | 'readAs'>,
  ): Promise<ImportFileEntity | null> {
    const { ledgerId, kind, fileSha256, readAs } = file;
    return tx.findOneBy(ImportFileEntity, { ledgerId, kind, fileSha256, readAs });
  }

  async add(tx: EntityManager, file: ImportFileEntity): Promise<void> {
    await tx.insert(ImportFileEntity, file);
  }

  find(tx: EntityManager, ledgerId: string, importId: string): Promise<ImportFileEntity | null> {
    return tx.findOneBy(ImportFileEntity, { ledgerId, importId });
  }

  ofEvent(tx: EntityManager, ledgerId: string, eventId: string): Promise<ImportFileEntity | null> {
    return tx.findOneBy(ImportFileEntity, { ledgerId, eventId });
  }

  list(tx: EntityManager, ledgerId: string): Promise<ImportFileEntity[]> {
    return tx.find(ImportFileEntity, {
      where: { ledgerId },
      order: { recordedAt: 'ASC', importId: 'ASC' },
    });
  }

  async ofCertificates(
    tx: EntityManager,
    ledgerId: string,
    certificateIds: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ import_id: string }[]>(
      `SELECT DISTINCT f.import_id FROM import_file f
       JOIN certificate c ON c.ledger_id = f.ledger_id AND c.event_id = f.event_id
       WHERE f.ledger_id = $1 AND c.certificate_id = ANY($2) ORDER BY f.import_id`,
      [ledgerId, certificateIds],
    );
    return rows.map((row) => row.import_id);
  }
}
