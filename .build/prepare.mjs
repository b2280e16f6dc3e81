// After `npm install`: builds, and puts `mizan` where `npx` finds it, so that the first command does not build again.
// An installation without what only development needs (`npm ci --omit=dev`) runs what was built before.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';

if (existsSync('node_modules/@nestjs/cli')) {
  execFileSync(process.execPath, ['.build/build.ts'], { stdio: 'inherit' });
} else if (!existsSync('dist/bin/cli.js')) {
  process.stderr.write(
    'Mizan is not built here, and what builds it was left out: run `npm install` with the development packages, or copy `dist` from where it was built.\n',
  );
  process.exit(1);
}
if (process.platform !== 'win32') {
  mkdirSync('node_modules/.bin', { recursive: true });
  rmSync('node_modules/.bin/mizan', { force: true });
  symlinkSync('../../dist/bin/cli.js', 'node_modules/.bin/mizan');
}
