import type { Verification } from '../ledger/replay/verification.document.js';
import type { RestsOn, VerificationJobEntity } from './verification-job.entity.js';

/** What is known of how a verification was reached. */
interface Reached {
  readonly isFullAsked: boolean;
  readonly restsOn: RestsOn | null;
  readonly fullAt: Date | null;
  /** The one before; null = none, or none was looked for. */
  readonly last: Readonly<VerificationJobEntity> | null;
  readonly programVersion: string;
}

/** How a verification was reached, in sentences that leave nothing out. */
export function howReached(found: Verification, reached: Reached): string {
  const { restsOn, fullAt } = reached;
  const { eventCount, rowCount } = found.checked;
  const hashed = `${eventCount} events and ${rowCount} rows were hashed now`;
  const registers =
    found.faults.length === 0 ? ' Heads, registers and folds were compared whole.' : '';
  if (restsOn === null) {
    return `Everything was checked from the first event on: ${hashed}.${whyFull(reached)}${registers}`;
  }
  const { size, verifiedAt } = restsOn;
  return (
    `${hashed}. The first ${size} events and their rows rest on the verification of ${verifiedAt}` +
    `${fullAt === null ? '' : ` and were last hashed from the first event on at ${fullAt.toISOString()}`}` +
    `; their last head was compared.${registers} What somebody edited in them since then, past the ` +
    'program, only a full verification sees.'
  );
}

/** Why everything was checked where less was asked for. */
function whyFull({ isFullAsked, last, programVersion }: Reached): string {
  if (isFullAsked) return '';
  if (last === null) return ' Nothing earlier was there to rest on.';
  if (last.isClean !== true) return ` The verification before had found something wrong.`;
  if (last.programVersion !== programVersion) {
    return ` The verification before was made by program ${last.programVersion}.`;
  }
  return ' What the verification before had reached is not in the log.';
}
