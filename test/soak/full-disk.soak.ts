import { fullDisk } from '../support/full-disk-test.js';

fullDisk(10);
