import { fullDisk } from '../support/full-disk-test.js';

// The long form is test/soak/full-disk.soak.ts.
fullDisk(1);
