import type { ImportProgress } from '../../features/metering/uploads/import-progress.service.js';
import { grouped } from './render.js';

/** A line on a terminal that says how far something is. */
export interface ProgressBar {
  show(progress: ImportProgress): void;
  clear(): void;
}

const WIDTH = 24;

/** A bar on stderr; nothing where stderr is no terminal. */
export function progressBar(title: string): ProgressBar {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show: (progress) => stderr.write(`\r\u001b[2K${barText(title, progress)}`),
    clear: () => stderr.write('\r\u001b[2K'),
  };
}

/** The line itself: bar, share, rows, rate, time to go. */
export function barText(title: string, progress: ImportProgress): string {
  const { bytesRead, byteCount, rowCount, rowsPerS, etaS } = progress;
  const share = byteCount === 0 ? 0 : Math.min(1, bytesRead / byteCount);
  const full = Math.floor(share * WIDTH);
  const rate = rowsPerS === null ? '' : `, ${grouped(rowsPerS)} rows/s`;
  const eta = etaS === null ? '' : `, ${etaS} s to go`;
  const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
  return `${title} ${bar} ${Math.floor(share * 100)} %, ${grouped(rowCount)} rows${rate}${eta}`;
}
