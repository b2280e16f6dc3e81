import 'reflect-metadata';
import { serve } from './serve.js';
import { explain } from './start.js';

try {
  await serve();
} catch (error) {
  process.stderr.write(
    `${explain(error) ?? (error instanceof Error ? error.stack : String(error))}\n`,
  );
  process.exit(1);
}
