import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of this package: the nearest one above that holds a package.json. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
