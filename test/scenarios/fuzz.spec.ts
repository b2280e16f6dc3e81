import { damagedFiles } from '../support/damaged-files.js';

damagedFiles(500);
