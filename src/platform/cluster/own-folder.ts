import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { dirname, join, parse, relative, sep } from 'node:path';
import { EmbeddedServerError } from './embedded-server-error.js';

/**
 * Sees that nobody but root and this user can put anything into a folder, nor put another folder in
 * its stead: owners and modes of it and of every folder above it.
 *
 * @param make  Makes what is missing of it, for this user alone to write.
 * @throws EmbeddedServerError naming the folder that others can write.
 */
export function requireOwnFolder(
  folder: string,
  { make = false }: { readonly make?: boolean } = {},
): void {
  const { root } = parse(folder);
  let path = root;
  requireOwn(path, lstatSync(path), { isLast: false });
  for (const name of relative(root, folder).split(sep)) {
    path = join(path, name);
    if (make) makeOne(path);
    const isLast = path === folder;
    const found = lstatSync(path);
    // A link above is as good as the folder that it lies in, which was just seen, and what it names.
    if (found.isSymbolicLink() && !isLast) {
      path = realpathSync(path);
      requireOwnFolder(path);
    } else requireOwn(path, found, { isLast });
  }
}

/** Whether nobody else can change what was found: its owner, and who may write. */
export function isOwn({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}

function requireOwn(path: string, found: Stats, { isLast }: { readonly isLast: boolean }): void {
  const isSticky = (found.mode & 0o1000) !== 0 && found.uid === 0;
  // In a sticky folder others can add names, but not take ours.
  if (found.isDirectory() && (isOwn(found) || (isSticky && !isLast))) return;
  const mode = (found.mode & 0o7777).toString(8);
  throw new EmbeddedServerError(
    `${path} can be changed by others (owner ${found.uid}, mode ${mode}), so no program is run from ` +
      `${isLast ? 'it' : 'below it'}. Nothing was touched. See who made it; remove it, or give it to ` +
      `root with mode 755. (${dirname(path)} holds it.)`,
  );
}

/** Makes a folder, or finds that somebody made it first; who, is asked after. */
function makeOne(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
