// Removes a lab's namespaces when its owner died without doing so itself (a test runner ends its workers by SIGKILL).
// Its standing input is a pipe from the owner: the pipe's end is the owner's end, however it came. Lives in a process
// group of its own, so that Ctrl+C does not end it first. Arguments: owner's pid, the lab's scratch folder.
import { rmSync } from 'node:fs';
import { sweepLeftovers } from '../namespaces.ts';

const [owner = '', folder = ''] = process.argv.slice(2);

process.stdin.resume();
process.stdin.on('end', () => {
  // An owner that closed in order left none, and may have kept its folder for a reader.
  const left = sweepLeftovers(Number(owner));
  if (left.length > 0) rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
