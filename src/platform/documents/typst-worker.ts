/**
 * Compiles documents in a thread of its own: a page takes the compiler some tenths of a second, for
 * which the server would answer nobody. Imports nothing of ours: it runs as it stands, built or not.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { NodeCompiler, NodeTypstCompileResult } from '@myriaddreamin/typst-ts-node-compiler';

/** What the thread is started with. */
export interface TypstStart {
  /** Folder of the template: nothing outside it is read. */
  readonly folder: string;
  readonly fonts: readonly Uint8Array[];
}

/** A document to compile. */
export interface TypstJob {
  readonly id: number;
  /** File name of the template in its folder. */
  readonly template: string;
  /** Files that the template finds in its folder, by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly standard: string;
}

/** What came of it: bytes, or why there are none. */
export type TypstAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly error: string };

/** How many compilations of a cached part are kept without a use. */
const CACHE_AGE = 2;

const require = createRequire(import.meta.url);
const { folder, fonts } = workerData as TypstStart;
let compiler: NodeCompiler | null = null;

function started(): NodeCompiler {
  // The package is CommonJS, and its platform part may be missing: that is said when a PDF is asked for.
  const { NodeCompiler: Compiler } = require('@myriaddreamin/typst-ts-node-compiler') as {
    readonly NodeCompiler: typeof NodeCompiler;
  };
  const fontBlobs = fonts.map((font) => Buffer.from(font));
  return Compiler.create({ workspace: folder, fontArgs: [{ fontBlobs }] });
}

function compile({ template, files, standard }: TypstJob): Uint8Array {
  compiler ??= started();
  const paths = Object.keys(files).map((path) => `${folder}/${path}`);
  try {
    for (const [path, bytes] of Object.entries(files)) {
      compiler.mapShadow(`${folder}/${path}`, Buffer.from(bytes));
    }
    const result = compiler.compile({ mainFilePath: `${folder}/${template}` });
    const { result: document } = result;
    if (document === null) throw new Error(told(compiler, result));
    return compiler.pdf(document, { pdfStandard: standard });
  } finally {
    for (const path of paths) compiler.unmapShadow(path);
    compiler.evictCache(CACHE_AGE);
  }
}

/** What the compiler says, without where on this machine. */
function told(by: NodeCompiler, result: NodeTypstCompileResult): string {
  const diagnostics = result.takeDiagnostics();
  const all = diagnostics === null ? [] : (by.fetchDiagnostics(diagnostics) as Diagnostic[]);
  const messages = all.map(({ message }) => message);
  return messages.length === 0 ? 'The template could not be compiled.' : messages.join('; ');
}

interface Diagnostic {
  readonly message: string;
}

parentPort!.on('message', (job: TypstJob) => {
  const { id } = job;
  let answer: TypstAnswer;
  try {
    answer = { id, pdf: compile(job) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(answer);
});
