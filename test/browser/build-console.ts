// Builds the console once before the browser tests, which then share it two files at a time.
import { buildConsole } from '../../server/console/build.ts';

export async function setup(): Promise<void> {
  await buildConsole();
}
