#!/usr/bin/env node
// Any Node reads this file, so that one that is too old for the program says so in one line.
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const least = 'LEAST_NODE';
const [major, minor] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = least.split('.').map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `Mizan needs Node.js ${least} or newer, and this is ${process.versions.node}: ` +
      'run it as `npx mizan` or `npm start`, which take the Node that `npm install` brought, or install a newer one.\n',
  );
  process.exit(2);
}
// What the next start would compile again; where it cannot be kept, it is compiled again.
nodeModule.enableCompileCache(fileURLToPath(new URL('.compiled', import.meta.url)));
const { run } = await import('./PROGRAM');
// Not `process.exitCode` alone: a handle left open must not keep a finished program alive.
process.exit(await run(process.argv.slice(2)));
