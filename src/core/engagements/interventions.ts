/** Kinds of manual interventions. */
export const INTERVENTIONS = ['override', 'estimate', 'waiver', 'correction'] as const;
/** One of them. */
export type InterventionKind = (typeof INTERVENTIONS)[number];

/** Events that may be one. */
export const INTERVENTION_EVENTS = [
  'readings.estimated',
  'exception.decided',
  'certificates.acted',
  'supplier_invoice.decided',
  'supplier_invoice.voided',
  'import.committed',
  'matching.run',
  'record.versioned',
] as const;

/** An act of a person that changed what was measured or recorded, or let something pass. */
export interface Intervention {
  readonly kind: InterventionKind;
  /** What was done, in the words of the log: `accept V10 of HALL-A`. */
  readonly what: string;
  /** As it was given; null where the act asks for none. */
  readonly reason: string | null;
}

/** What an event says, as far as it can be an intervention. */
interface SealedAct {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Reads an event as a manual intervention; null for one that is none: an import that changed nothing, a run that
 * took no SUSPECT hour, the first version of a record.
 *
 * Overrides set a value, estimates fill one, waivers let pass what a check found, corrections take the place of
 * what was recorded (house rule: everything that a person can do to a figure is one of these).
 */
export function interventionOf({ type, body }: SealedAct): Intervention | null {
  switch (type) {
    case 'readings.estimated':
      return { kind: 'estimate', what: `fill ${list(body['meterCodes'])}`, reason: null };
    case 'exception.decided': {
      const action = textOf(body['action']);
      const kind = action === 'override' ? 'override' : 'waiver';
      const what = `${action} ${textOf(body['rule'])} of ${textOf(body['meterCode'])}`;
      return { kind, what, reason: reasonOf(body) };
    }
    case 'import.committed':
      return ofImport(body);
    case 'matching.run':
      return ofRun(body);
    case 'record.versioned': {
      const version = Number(body['version'] ?? 1);
      if (version < 2) return null;
      const what = `version ${version} of ${textOf(body['kind'])} ${textOf(body['code'])}`;
      return { kind: 'correction', what, reason: null };
    }
    case 'certificates.acted': {
      const action = (body['action'] ?? {}) as Readonly<Record<string, unknown>>;
      const what = `${textOf(action['action'])} certificates`.trim();
      return { kind: 'correction', what, reason: reasonOf(action) };
    }
    case 'supplier_invoice.decided':
    case 'supplier_invoice.voided': {
      const what = `${textOf(body['state']) || 'void'} invoice ${textOf(body['invoiceId'])}`;
      return { kind: 'correction', what, reason: reasonOf(body) };
    }
    default:
      return null;
  }
}

function ofImport(body: SealedAct['body']): Intervention | null {
  const file = (body['import'] ?? {}) as Readonly<Record<string, unknown>>;
  const changedCount = Number(file['changedCount'] ?? 0);
  if (changedCount === 0) return null;
  const what = `${changedCount} changed of ${textOf(file['kind'])} import ${textOf(file['importId'])}`;
  return { kind: 'correction', what, reason: reasonOf(body) };
}

function ofRun(body: SealedAct['body']): Intervention | null {
  const run = (body['run'] ?? {}) as Readonly<Record<string, unknown>>;
  const accepted = (run['acceptedSuspect'] ?? []) as readonly { readonly reason?: unknown }[];
  if (accepted.length === 0) return null;
  const reasons = [...new Set(accepted.map(({ reason }) => textOf(reason)))].filter(Boolean);
  const what = `take ${accepted.length} SUSPECT entries of ${textOf(run['month'])} as measured`;
  return { kind: 'waiver', what, reason: reasons.join('; ') || null };
}

/**
 * A file of certificates that came after their month was matched: nobody edited anything, and what is matched is
 * another supply than it was.
 *
 * @param certificateCount  Of such hours, in the file.
 */
export function lateCertificates(body: SealedAct['body'], certificateCount: number): Intervention {
  const file = (body['import'] ?? {}) as Readonly<Record<string, unknown>>;
  const what = `${certificateCount} certificates after matching, import ${textOf(file['importId'])}`;
  return { kind: 'correction', what, reason: reasonOf(body) };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '');

const reasonOf = (body: SealedAct['body']): string | null => textOf(body['reason']) || null;
