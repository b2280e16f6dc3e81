import { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors.js';
import { isZip, ZIP_LIMITS, type ZipEntry, zipEntries } from './unzip.js';

/** The files that were sent as one. */
export interface SentFiles {
  /** In order; `name` is null for a file that was sent as it is. */
  readonly files: readonly { readonly name: string | null; readonly bytes: Readable }[];
  /** What a ZIP file holds besides, and why it is not read. */
  readonly others: readonly { readonly name: string; readonly reason: string }[];
}

const OFFICE = '[Content_Types].xml';
/** What systems leave in ZIP files by themselves. */
const OF_SYSTEM = /^__MACOSX\/|(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/;

/**
 * Opens what was sent: the files of a ZIP file, each by itself, or the one file that it is.
 *
 * @throws DomainError `import.file_unreadable`, `import.limit_exceeded`
 */
export async function filesOf(bytes: Readable, fileName: string): Promise<SentFiles> {
  const source = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await source.next();
  const head = first.done === true ? Buffer.alloc(0) : first.value;
  const all = Readable.from(chained(head, source, bytes));
  if (!isZip(head)) return { files: [{ name: null, bytes: all }], others: [] };
  const entries = zipEntries(await collected(all), fileName);
  const isOffice = entries.some(({ name }) => name === OFFICE);
  const files = entries.filter(({ name, isFolder }) => !isFolder && !OF_SYSTEM.test(name));
  if (isOffice || files.length === 0) {
    const detail = isOffice
      ? 'This is an Office file, such as XLSX. Save its sheet as CSV.'
      : 'The ZIP file holds no file.';
    throw new DomainError('import.file_unreadable', { file: fileName, detail });
  }
  const others = entries.filter((entry) => !entry.isFolder && !files.includes(entry));
  return {
    files: files.map((entry) => ({ name: entry.name, bytes: opened(entry) })),
    others: others.map(({ name }) => ({ name, reason: 'left by the system that packed the file' })),
  };
}

const opened = (entry: ZipEntry): Readable => Readable.from(entry.open());

async function* chained(
  head: Buffer,
  rest: AsyncIterator<Buffer>,
  bytes: Readable,
): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    bytes.destroy();
  }
}

/** A directory stands at the end: the whole file is needed, within a limit. */
async function collected(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > ZIP_LIMITS.packedBytes) {
      const limit = 'bytes of a ZIP file';
      throw new DomainError('import.limit_exceeded', { limit, allowed: ZIP_LIMITS.packedBytes });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
