/** Refusals about the log, its marker and its signatures: what each says beside its code. */
export interface LogErrors {
  'ledger.behind_checkpoint': {
    ledgerId: string;
    detail: string;
    fix: string;
    size: number;
    markedSize: number;
  };
  'ledger.not_behind': { ledgerId: string; fix: string };
  'ledger.resumption_not_asked': { ledgerId: string; fix: string };
  'ledger.own_resumption': { ledgerId: string; fix: string };
  /** Who signs cannot, or has not the key. */
  'signing.unavailable': { detail: string; fix: string };
  'delivery.not_set_up': { fix: string };
  'signing_key.not_found': { kid: string; fix: string };
  'signing_key.is_revoked': { kid: string; compromisedSince: string; fix: string };
  'checkpoint.not_found': { ledgerId: string; fix: string };
  /** A place or size that the log, or the rows of an event, do not have. */
  'log.no_such_place': { field: string; value: number; size: number; fix: string };
  'log.no_such_event': { eventId: string; fix: string };
}
