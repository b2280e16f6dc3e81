import { statSync } from 'node:fs';

interface Test {
  readonly path: string;
}

/** Specs that start processes, databases and whole years take longest. */
const FOLDERS = ['test/scenarios', 'test/migrations', 'test/e2e'];

/**
 * Order of the specs of a run: what takes longest is begun first, so that no worker is left with it
 * alone at the end. The same on a clean clone as on the hundredth run: nothing is remembered.
 */
export default class LongestFirst {
  sort(tests: readonly Test[]): Test[] {
    const rank = ({ path }: Test): number => {
      const at = FOLDERS.findIndex((folder) => path.includes(`/${folder}/`));
      return at === -1 ? FOLDERS.length : at;
    };
    const size = new Map(tests.map(({ path }) => [path, statSync(path).size]));
    return tests.toSorted(
      (a, b) =>
        rank(a) - rank(b) || size.get(b.path)! - size.get(a.path)! || (a.path < b.path ? -1 : 1),
    );
  }

  allFailedTests(tests: readonly Test[]): Test[] {
    return [...tests];
  }

  cacheResults(): void {}
}
