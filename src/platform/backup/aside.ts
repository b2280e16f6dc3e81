import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writerHasEnded, writerMark } from '../files/writer-mark.js';

/** What is made beside its place, to be moved there when it is whole. */
export type Doing = 'making' | 'restoring';

/**
 * Where this process makes what comes to a place. What processes that have ended left there is
 * removed first; one that still runs is left alone.
 */
export function asideOf(place: string, doing: Doing): string {
  const parent = dirname(place);
  const begun = `${basename(place)}.${doing}-`;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(begun) || !writerHasEnded(name.slice(begun.length))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  return `${place}.${doing}-${writerMark()}`;
}
