import { writeSync } from 'node:fs';

// Told on stderr when the process ends: what it took at most, as its system counts.
process.on('exit', () => {
  writeSync(2, `peak ${process.resourceUsage().maxRSS} kB\n`);
});
