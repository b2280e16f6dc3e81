import { damagedFiles } from '../support/damaged-files.js';

damagedFiles(10_000);
