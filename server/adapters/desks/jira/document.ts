// Atlassian Document Format, in which Jira keeps descriptions and comments: plain text into it and out of it. Pure; what
// is written is read back to the byte, because every line is a text node and every line end a hard break.
import { z } from 'zod';

export interface JiraDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly unknown[];
}

export function documentOf(text: string): JiraDocument {
  const content = text.split('\n').flatMap((line, index) => [
    ...(index === 0 ? [] : [{ type: 'hardBreak' }]),
    // Empty text nodes are refused with a 400.
    ...(line === '' ? [] : [{ type: 'text', text: line }]),
  ]);
  return { type: 'doc', version: 1, content: [{ type: 'paragraph', content }] };
}

/** Of one node at least this much is understood; people use everything the editor offers. */
const nodeSchema = z.object({
  type: z.string(),
  text: z.string().nullish(),
  attrs: z.looseObject({ text: z.string().nullish() }).nullish(),
  content: z.array(z.unknown()).nullish(),
});

const blocks: ReadonlySet<string> = new Set([
  'paragraph',
  'heading',
  'listItem',
  'codeBlock',
  'tableRow',
  'blockquote',
]);
/** Deeper nesting than the editor makes is cut. */
const depthMax = 20;

/** The text that a person sees; blocks end a line. Anything that is no document is empty. */
export function textOfDocument(document: unknown): string {
  return walk(document, 0).replace(/\n$/, '');
}

function walk(value: unknown, depth: number): string {
  const parsed = nodeSchema.safeParse(value);
  if (!parsed.success || depth > depthMax) return '';
  const { type, text, attrs, content } = parsed.data;
  if (type === 'hardBreak') return '\n';
  const inner = (content ?? []).map((each) => walk(each, depth + 1)).join('');
  const own = `${text ?? attrs?.text ?? ''}${inner}`;
  return blocks.has(type) ? `${own}\n` : own;
}
