import { READERS, type Role } from '../../platform/auth/roles.js';
import { type LedgerOptions, READ } from '../shell/base.command.js';

/** Options of all acts. */
export interface AuditOptions extends LedgerOptions {
  readonly months?: string;
  readonly site?: string;
  readonly standard?: string;
  readonly level?: string;
  readonly from?: string;
  readonly to?: string;
  readonly auditor?: readonly string[];
  readonly text?: string;
  readonly due?: string;
  readonly sample?: string;
  readonly item?: string;
  readonly tolerable?: string;
  readonly confidence?: string;
  readonly count?: string;
  readonly frequency?: string;
  readonly note?: string;
  readonly report?: string;
  readonly out?: string;
}

/** An act: its arguments after the engagement's, its options, and who may. */
interface Act {
  readonly words: readonly string[];
  readonly options: readonly (keyof AuditOptions)[];
  readonly roles: readonly [Role, ...Role[]];
}

const AUDITOR: Act['roles'] = ['auditor'];
const READING = READERS as Act['roles'];

/** Acts of `audit`, by name. */
export const ACTS: Readonly<Record<string, Act>> = {
  open: {
    words: [],
    options: ['months', 'site', 'standard', 'level', 'from', 'to', 'auditor'],
    roles: ['energy-manager', 'admin'],
  },
  list: { words: [], options: [], roles: READ },
  show: { words: ['ENGAGEMENT'], options: [], roles: READ },
  fix: { words: ['ENGAGEMENT'], options: [], roles: AUDITOR },
  nonce: { words: ['ENGAGEMENT', 'TEXT'], options: [], roles: AUDITOR },
  completeness: { words: ['ENGAGEMENT'], options: [], roles: READ },
  interventions: { words: ['ENGAGEMENT'], options: [], roles: READ },
  reads: { words: ['ENGAGEMENT'], options: [], roles: AUDITOR },
  population: { words: ['ENGAGEMENT', 'POPULATION'], options: ['out'], roles: READ },
  sample: {
    words: ['ENGAGEMENT', 'POPULATION'],
    options: ['tolerable', 'confidence', 'count', 'frequency'],
    roles: AUDITOR,
  },
  items: { words: ['ENGAGEMENT', 'SAMPLE'], options: [], roles: READ },
  trace: { words: ['ENGAGEMENT', 'SAMPLE', 'ITEM'], options: [], roles: READ },
  proofs: { words: ['ENGAGEMENT', 'SAMPLE'], options: ['out'], roles: READ },
  table: { words: ['ENGAGEMENT', 'SAMPLE'], options: ['out'], roles: READ },
  result: { words: ['ENGAGEMENT', 'SAMPLE', 'ITEM', 'AUDITED'], options: ['note'], roles: AUDITOR },
  request: { words: ['ENGAGEMENT'], options: ['text', 'due', 'sample', 'item'], roles: AUDITOR },
  finding: { words: ['ENGAGEMENT'], options: ['text', 'due', 'sample', 'item'], roles: AUDITOR },
  answer: { words: ['ENGAGEMENT', 'THREAD'], options: ['text'], roles: READING },
  close: { words: ['ENGAGEMENT', 'THREAD'], options: ['text'], roles: AUDITOR },
  'sign-off': { words: ['ENGAGEMENT'], options: ['report'], roles: AUDITOR },
};
