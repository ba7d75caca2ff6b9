// Bytes to messages and back. Never throws: every byte from a socket ends here as a message or a Failure.
import type { z } from 'zod';
import { failure } from '../failure.ts';
import { issuesOf } from '../inventory/check.ts';
import { limits } from '../limits.ts';
import { fail, ok, type Result } from '../result.ts';
import {
  type AgentMessage,
  agentMessageSchema,
  type ServerMessage,
  serverMessageSchema,
} from './messages.ts';

/** For the server: parses what an agent sent. Failures: wire.too-large, wire.not-json, wire.unknown-kind, input.invalid. */
export function decodeAgentMessage(text: string): Result<AgentMessage> {
  return decode(text, agentMessageSchema, agentKinds);
}

/** For the agent: parses what the server sent. */
export function decodeServerMessage(text: string): Result<ServerMessage> {
  return decode(text, serverMessageSchema, serverKinds);
}

/** The sender's own messages are right by type; the text is what goes into one frame. */
export function encodeMessage(message: AgentMessage | ServerMessage): string {
  return JSON.stringify(message);
}

const agentKinds = kindsOf(agentMessageSchema);
const serverKinds = kindsOf(serverMessageSchema);

function decode<T>(text: string, schema: z.ZodType<T>, kinds: ReadonlySet<string>): Result<T> {
  // A UTF-16 unit is at least one byte of UTF-8, so this bound is safe without encoding again.
  if (text.length > limits.messageBytesMax) {
    return fail(
      failure(
        'wire.too-large',
        `a message of ${text.length} characters; wanted: at most ${limits.messageBytesMax}`,
      ),
    );
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fail(failure('wire.not-json', 'wanted: JSON text'));
  }
  const kind = typeof raw === 'object' && raw !== null && 'kind' in raw ? raw.kind : undefined;
  if (typeof kind === 'string' && !kinds.has(kind)) {
    return fail(
      failure('wire.unknown-kind', `message kind "${kind.slice(0, 60)}" is not known to this version`),
    );
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  return fail(
    failure('input.invalid', 'the message does not match its schema', {
      issues: issuesOf(parsed.error).slice(0, 10),
    }),
  );
}

function kindsOf(schema: {
  readonly options: readonly { readonly shape: { readonly kind: { readonly value: string } } }[];
}): ReadonlySet<string> {
  return new Set(schema.options.map((option) => option.shape.kind.value));
}
