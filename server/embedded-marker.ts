// What the embedded start remembers of the agent it enrolled, beside the server's data. No secret in it.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { agentId } from '../shared/ids.ts';

const markerSchema = z.strictObject({
  agent: z.string().min(1).max(80).transform(agentId),
  hostName: z.string().max(255),
  /** Where the agent looks for its server: it keeps what it was enrolled with. */
  serverUrl: z.string().max(500),
});

export type EnrolledMarker = Readonly<z.output<typeof markerSchema>>;

/** Undefined when there is none, or none that can be read: then the machine is simply enrolled anew. */
export function readMarker(path: string): EnrolledMarker | undefined {
  try {
    const parsed = markerSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}

export function writeMarker(path: string, marker: EnrolledMarker): void {
  writeFileSync(path, `${JSON.stringify(marker)}\n`, { mode: 0o600 });
}
