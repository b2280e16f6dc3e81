import { Injectable } from '@nestjs/common';
import type { LedgerTx } from '../../platform/database/ledger-tx.js';
import { ImportFileEntity } from './import-file.entity.js';

/** Loads and writes the register of files. */
@Injectable()
export class ImportsRepository {
  known(
    tx: LedgerTx,
    file: Pick<ImportFileEntity, 'ledgerId' | 'kind' | 'fileSha256' | 'readAs'>,
  ): Promise<ImportFileEntity | null> {
    const { ledgerId, kind, fileSha256, readAs } = file;
    return tx.findOneBy(ImportFileEntity, { ledgerId, kind, fileSha256, readAs });
  }

  async add(tx: LedgerTx, file: ImportFileEntity): Promise<void> {
    await tx.insert(ImportFileEntity, file);
  }

  find(tx: LedgerTx, importId: string): Promise<ImportFileEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(ImportFileEntity, { ledgerId, importId });
  }

  ofEvent(tx: LedgerTx, eventId: string): Promise<ImportFileEntity | null> {
    const { ledgerId } = tx;
    return tx.findOneBy(ImportFileEntity, { ledgerId, eventId });
  }

  async eventOf(tx: LedgerTx, importId: string): Promise<string> {
    const { ledgerId } = tx;
    return (await tx.findOneByOrFail(ImportFileEntity, { ledgerId, importId })).eventId;
  }

  list(tx: LedgerTx): Promise<ImportFileEntity[]> {
    const { ledgerId } = tx;
    return tx.find(ImportFileEntity, {
      where: { ledgerId },
      order: { recordedAt: 'ASC', importId: 'ASC' },
    });
  }

  async ofCertificates(tx: LedgerTx, certificateIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ import_id: string }[]>(
      `SELECT DISTINCT f.import_id FROM import_file f
       JOIN certificate c ON c.ledger_id = f.ledger_id AND c.event_id = f.event_id
       WHERE f.ledger_id = $1 AND c.certificate_id = ANY($2) ORDER BY f.import_id`,
      [tx.ledgerId, certificateIds],
    );
    return rows.map((row) => row.import_id);
  }
}
