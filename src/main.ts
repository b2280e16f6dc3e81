import 'reflect-metadata';
import { failureText } from './failure.js';
import { serve } from './serve.js';

/** Serves the API until it is told to stop, and gives the code to exit with: 1 where it could not. */
export async function run(): Promise<number> {
  try {
    await serve();
    return 0;
  } catch (error) {
    process.stderr.write(`${await failureText(error)}\n`);
    return 1;
  }
}
