import type { Register } from '../ledger/replay/replay.port.js';

/** What is known of suppliers' documents. */
export const PAYABLES_REGISTERS: readonly Register[] = [
  {
    table: 'supplier_invoice',
    of: { types: ['supplier_invoice.received'] },
    sealed: [
      'invoice_id',
      'seller_code',
      'number',
      'kind',
      'contract_code',
      'period',
      'issue_date',
      'reuse',
      'file_name',
      'file_sha256',
      'document',
    ],
    derived: { sha256: 'sha256(t.document)' },
    isDated: true,
  },
  {
    table: 'supplier_invoice_step',
    of: { types: ['supplier_invoice.decided', 'supplier_invoice.voided'] },
    sealed: [
      'invoice_id',
      'step',
      'state',
      'outcome',
      'disputed_mad',
      'upheld_mad',
      'note',
      'run_id',
      'check_document',
      'recorded_at',
    ],
    derived: { check_sha256: 'sha256(t.check_document)' },
  },
];
