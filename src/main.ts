import 'reflect-metadata';
import { serve } from './serve.js';
import { explain } from './start.js';

/** Serves the API until it is told to stop, and gives the code to exit with: 1 where it could not. */
export async function run(): Promise<number> {
  try {
    await serve();
    return 0;
  } catch (error) {
    process.stderr.write(
      `${explain(error) ?? (error instanceof Error ? error.stack : String(error))}\n`,
    );
    return 1;
  }
}
