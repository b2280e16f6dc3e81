import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { type ShownStep, SupplierInvoiceStepEntity } from './supplier-invoice-step.entity.js';
import { SupplierInvoiceEntity } from './supplier-invoice.entity.js';

/** Loads and writes suppliers' invoices and the steps of their life. */
@Injectable()
export class PayablesRepository {
  find(
    tx: EntityManager,
    ledgerId: string,
    invoiceId: string,
  ): Promise<SupplierInvoiceEntity | null> {
    return tx.findOneBy(SupplierInvoiceEntity, { ledgerId, invoiceId });
  }

  byNumber(
    tx: EntityManager,
    ledgerId: string,
    of: { readonly sellerCode: string; readonly number: string },
  ): Promise<SupplierInvoiceEntity | null> {
    return tx.findOneBy(SupplierInvoiceEntity, { ledgerId, ...of });
  }

  /** By contract, period, day of issue and number. */
  list(
    tx: EntityManager,
    ledgerId: string,
    of: { readonly contractCode?: string; readonly period?: string } = {},
  ): Promise<SupplierInvoiceEntity[]> {
    return tx.find(SupplierInvoiceEntity, {
      where: { ledgerId, ...of },
      order: { contractCode: 'ASC', period: 'ASC', issueDate: 'ASC', number: 'ASC' },
    });
  }

  /** Steps of some documents, in order. */
  async steps(
    tx: EntityManager,
    ledgerId: string,
    invoiceIds: readonly string[],
  ): Promise<ShownStep[]> {
    if (invoiceIds.length === 0) return [];
    return tx.find(SupplierInvoiceStepEntity, {
      select: SHOWN,
      where: { ledgerId, invoiceId: In([...invoiceIds]) },
      order: { invoiceId: 'ASC', step: 'ASC' },
    });
  }

  invoicesOf(
    tx: EntityManager,
    ledgerId: string,
    eventId: string,
  ): Promise<SupplierInvoiceEntity[]> {
    return tx.findBy(SupplierInvoiceEntity, { ledgerId, eventId });
  }

  stepsOf(
    tx: EntityManager,
    ledgerId: string,
    eventId: string,
  ): Promise<SupplierInvoiceStepEntity[]> {
    return tx.findBy(SupplierInvoiceStepEntity, { ledgerId, eventId });
  }

  async add(tx: EntityManager, invoice: SupplierInvoiceEntity): Promise<void> {
    await tx.insert(SupplierInvoiceEntity, invoice);
  }

  async addStep(tx: EntityManager, step: SupplierInvoiceStepEntity): Promise<void> {
    await tx.insert(SupplierInvoiceStepEntity, step);
  }
}

const SHOWN: Readonly<Record<keyof ShownStep, true>> = {
  ...({ ledgerId: true, invoiceId: true, step: true, state: true, outcome: true } as const),
  ...({ disputedMad: true, upheldMad: true, note: true, runId: true } as const),
  ...({ checkSha256: true, eventId: true, recordedAt: true } as const),
};
