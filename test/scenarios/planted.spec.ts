import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireOwnFolder } from '../../src/platform/cluster/own-folder.js';
import { ownCopy } from '../../src/platform/cluster/programs.js';
import { itWhere } from '../support/where.js';

const isRoot = process.getuid?.() === 0;
const scratch = mkdtempSync(join(tmpdir(), 'mizan-planted-'));
const native = join(scratch, 'package', 'native');
const programs = join(scratch, 'own', 'programs');

beforeAll(() => {
  chmodSync(scratch, 0o755);
  mkdirSync(join(native, 'bin'), { recursive: true });
  for (const name of ['initdb', 'postgres']) {
    writeFileSync(join(native, 'bin', name), `#!/bin/sh\necho ${name}\n`, { mode: 0o755 });
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => rmSync(join(scratch, 'own'), { recursive: true, force: true }));

describe('programs that somebody planted', () => {
  /** The copy that this machine would make, and its name. */
  const made = (): string => ownCopy(native, programs);

  it('are not run where the copy was changed: a program, one more, or one less', () => {
    const changes: Readonly<Record<string, (copy: string) => void>> = {
      'another program': (copy) => writeFileSync(join(copy, 'bin', 'initdb'), 'planted'),
      'one more': (copy) => writeFileSync(join(copy, 'bin', 'libpq.so'), 'planted'),
      'one less': (copy) => rmSync(join(copy, 'bin', 'postgres')),
      'a link': (copy) => {
        rmSync(join(copy, 'bin', 'initdb'));
        symlinkSync('/bin/sh', join(copy, 'bin', 'initdb'));
      },
    };
    for (const [what, change] of Object.entries(changes)) {
      const copy = made();
      expect(made()).toBe(copy);
      change(copy);
      expect([what, refusalOf(made)]).toEqual([
        what,
        expect.stringMatching(/None was run|leads out/),
      ]);
      rmSync(copy, { recursive: true });
    }
  });

  it('are not run from a folder that others can change, or that is a link', () => {
    const copy = made();
    chmodSync(copy, 0o777);
    expect(refusalOf(made)).toContain('can be changed by others');
    rmSync(copy, { recursive: true });
    const elsewhere = join(scratch, 'elsewhere');
    cpSync(native, elsewhere, { recursive: true });
    symlinkSync(elsewhere, copy);
    expect(refusalOf(made)).toContain('can be changed by others');
    rmSync(copy);
    chmodSync(programs, 0o1777);
    expect(refusalOf(made)).toContain('can be changed by others');
    expect(readdirSync(programs)).toEqual([]);
  });

  it('cannot be below a folder that others write, whatever lies in between', () => {
    const open = join(scratch, 'open');
    mkdirSync(join(open, 'inside', 'programs'), { recursive: true });
    chmodSync(open, 0o777);
    expect(refusalOf(() => requireOwnFolder(join(open, 'inside', 'programs')))).toContain(open);
    chmodSync(open, 0o755);
    requireOwnFolder(join(open, 'inside', 'programs'));
  });

  itWhere(isRoot, 'only root gives folders away', {
    name: 'are not run from a folder of somebody else',
    body: async () => {
      const copy = made();
      chownSync(join(copy, 'bin', 'initdb'), 65_534, 65_534);
      expect(refusalOf(made)).toContain('initdb can be changed by others');
      chownSync(programs, 65_534, 65_534);
      expect(refusalOf(made)).toContain(`${programs} can be changed by others`);
    },
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
    return 'nothing was refused';
  } catch (error) {
    return (error as Error).message;
  }
}
