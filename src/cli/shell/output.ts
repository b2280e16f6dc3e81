import { writeSync } from 'node:fs';
import { printable } from './printable.js';

/** What a command answers: one JSON document, or text for a person. */
export interface Answer {
  readonly document: object;
  readonly text: string;
}

/** Writes an answer to stdout: the document with `--json`, the text, as a terminal may have it, without. */
export function answer({ document, text }: Answer, isJson: boolean | undefined): void {
  const output = isJson === true ? JSON.stringify(document, null, 2) : printable(text);
  writeFully(`${output.trimEnd()}\n`);
}

/**
 * Writes all of a text to stdout, also into a pipe that is read slowly. Where the reader has gone
 * (`| head -1`), the rest is for nobody: the command ends as it would have.
 */
export function writeFully(text: string): void {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
