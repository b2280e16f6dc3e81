import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DomainError } from '../../core/errors.js';
import type { DocumentModel } from '../../core/documents/model.js';
import { mapTexts, printableText } from '../../core/documents/print/glyphs.js';
import { type Attached, printedDocument } from '../../core/documents/print/printed.js';
import { type Fonts, readFonts } from './fonts.js';
import type { TypstAnswer, TypstJob, TypstStart } from './typst-worker.js';

/** A file to embed, with its bytes. */
export interface Attachment extends Attached {
  readonly bytes: Buffer;
}

const TEMPLATE = 'document.typ';
/** Tagged and with its files inside: level A of PDF/A-3 (ISO 19005-3). */
const STANDARD = 'a-3a';
/** Far longer than any document takes: a thread that says nothing for so long is given up. */
const TIMEOUT_MS = 60_000;

interface Waiting {
  readonly resolve: (pdf: Buffer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  readonly fonts: Fonts;
  readonly waiting: Map<number, Waiting>;
}

/**
 * Documents as PDF/A-3a, by Typst. The compiler and the fonts are loaded when the first PDF is asked
 * for, in a thread that stays for the next ones and keeps no process alive. The same document gives
 * the same bytes: dates are its own, fonts are the product's, and the compiler's version is pinned.
 */
@Injectable()
export class PdfRenderer implements OnApplicationShutdown {
  private thread: Thread | null = null;
  private lastId = 0;

  /**
   * @param attachments  Embedded under their names, which are of no other file beside the template.
   * @throws DomainError `document.pdf_unavailable`
   */
  render(document: DocumentModel, attachments: readonly Attachment[]): Promise<Buffer> {
    const { worker, fonts, waiting } = (this.thread ??= this.start());
    const attached = attachments.map(({ name, mimeType, description }) => ({
      name,
      mimeType,
      description,
    }));
    const printed = mapTexts(printedDocument(document, attached), (text) =>
      printableText(text, fonts.isDrawn),
    );
    const files: Record<string, Uint8Array> = {
      'model.json': Buffer.from(JSON.stringify(printed)),
    };
    for (const { name, bytes } of attachments) files[name] = bytes;
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.giveUp('The compiler says nothing.'), TIMEOUT_MS);
      timer.unref();
      waiting.set(id, { resolve, reject, timer });
      worker.ref();
      const job: TypstJob = { id, template: TEMPLATE, files, standard: STANDARD };
      worker.postMessage(job);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.giveUp('The process ends.');
  }

  private start(): Thread {
    const fonts = readFonts();
    const folder = import.meta.dirname;
    const start: TypstStart = { folder, fonts: fonts.files };
    // Built, the thread's file stands beside this one; from source, Node reads its types away.
    const built = join(folder, 'typst-worker.js');
    const file = existsSync(built) ? built : join(folder, 'typst-worker.ts');
    const worker = new Worker(file, { workerData: start });
    worker.unref();
    const thread = { worker, fonts, waiting: new Map<number, Waiting>() };
    worker.on('message', (answer: TypstAnswer) => settle(thread, answer));
    worker.on('error', (error) => void this.giveUp(error.message));
    return thread;
  }

  /** Ends the thread and refuses what waits for it; the next document starts another. */
  private async giveUp(detail: string): Promise<void> {
    const { thread } = this;
    if (thread === null) return;
    this.thread = null;
    for (const { reject, timer } of thread.waiting.values()) {
      clearTimeout(timer);
      reject(unavailable(detail));
    }
    thread.waiting.clear();
    await thread.worker.terminate();
  }
}

function settle({ worker, waiting }: Thread, answer: TypstAnswer): void {
  const one = waiting.get(answer.id);
  if (one === undefined) return;
  waiting.delete(answer.id);
  clearTimeout(one.timer);
  if (waiting.size === 0) worker.unref();
  if ('pdf' in answer) one.resolve(Buffer.from(answer.pdf));
  else one.reject(unavailable(answer.error));
}

function unavailable(detail: string): DomainError<'document.pdf_unavailable'> {
  return new DomainError('document.pdf_unavailable', { detail });
}
