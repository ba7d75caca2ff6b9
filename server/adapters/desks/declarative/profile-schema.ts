// The shape of a desk's profile as a person writes it in YAML: what each request looks like, how its answer is read, what
// the desk can do. Shape only; rules between fields stand in `profile-check.ts`. Every text that is a template, path or
// pattern leaves this schema already parsed, so that a mistake is told at the start and never at the first outage.
import { z } from 'zod';
import type { priorities } from '../../../../shared/words.ts';
import { charsets, outsideRules } from './charset.ts';
import { parseJsonPath } from './json-path.ts';
import { compilePattern } from './pattern.ts';
import { parseTemplate } from './template.ts';
import { parseXPath } from './xpath.ts';

const nameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, 'quer: um nome de letras e algarismos, começando por letra');

export const templateSchema = z
  .string()
  .max(10_000)
  .transform((source, context) => {
    const parsed = parseTemplate(source);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.failure.message });
    return z.NEVER;
  });

const jsonPathSchema = z.string().transform((source, context) => {
  const path = parseJsonPath(source);
  if (path !== undefined) return { source, path };
  const message = `"${source}" não é um caminho JSON aceito; quer: $.nome, $['nome'], $.lista[0], $.lista[*]`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const xpathSchema = z.string().transform((source, context) => {
  const path = parseXPath(source);
  if (path !== undefined) return { source, path };
  const message = `"${source}" não é um XPath aceito; quer: //nome, /a/b, a[@id='x'], a[2], @id, text()`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const patternSchema = z.string().transform((source, context) => {
  const compiled = compilePattern(source);
  if (compiled.ok) return { source, pattern: compiled.value };
  context.addIssue({ code: 'custom', message: compiled.failure.message });
  return z.NEVER;
});

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}$/, 'quer: o nome de um cabeçalho HTTP');

/** Where a value stands in an answer; `pattern` alone looks at the whole body, beside another at what that one found. */
const extractionSchema = z
  .strictObject({
    json: jsonPathSchema.optional(),
    xpath: xpathSchema.optional(),
    header: headerName.optional(),
    text: z.literal(true).optional(),
    pattern: patternSchema.optional(),
  })
  .refine(
    ({ json, xpath, header, text }) => [json, xpath, header, text].filter((each) => each).length <= 1,
    'quer: só um entre json, xpath, header e text',
  )
  .refine(
    (given) => Object.values(given).some((each) => each !== undefined),
    'quer: json, xpath, header, text ou pattern',
  );
export type Extraction = z.output<typeof extractionSchema>;

export interface BodyRule {
  /** True: the body is empty or only white space. */
  readonly empty?: boolean;
  readonly contains?: string;
  readonly matches?: z.output<typeof patternSchema>;
  /** Something stands there, and with `equals`: exactly this. */
  readonly json?: z.output<typeof jsonPathSchema>;
  readonly xpath?: z.output<typeof xpathSchema>;
  readonly equals?: string;
  readonly not?: BodyRule;
  readonly all?: readonly BodyRule[];
  readonly any?: readonly BodyRule[];
}

/** Several keys of one rule must all hold. Input is checked as unknown: a recursive schema has no inferred input. */
const bodyRuleSchema: z.ZodType<BodyRule> = z.lazy(() =>
  z
    .strictObject({
      empty: z.boolean().optional(),
      contains: z.string().min(1).max(500).optional(),
      matches: patternSchema.optional(),
      json: jsonPathSchema.optional(),
      xpath: xpathSchema.optional(),
      equals: z.string().max(500).optional(),
      not: bodyRuleSchema.optional(),
      all: z.array(bodyRuleSchema).min(1).max(20).optional(),
      any: z.array(bodyRuleSchema).min(1).max(20).optional(),
    })
    .refine((rule) => Object.keys(rule).length > 0, 'quer: pelo menos uma condição sobre o corpo')
    .refine(
      ({ equals, json, xpath }) => equals === undefined || json !== undefined || xpath !== undefined,
      'equals quer json ou xpath ao lado',
    ),
);

const statusesSchema = z.array(z.int().min(200).max(599)).min(1).max(20);
const whenSchema = z.strictObject({ status: statusesSchema.optional(), body: bodyRuleSchema.optional() });
export type When = z.output<typeof whenSchema>;

/** As the declarative desk's failures are named in a profile. */
const meanings = ['refused', 'unauthorised', 'limited', 'uncertain'] as const;

const answerSchema = z.strictObject({
  /** All must hold for success. A status alone is rarely worth believing. */
  ok: whenSchema.extend({ status: statusesSchema }),
  /** Looked at before `ok`, the first that holds. */
  errors: z
    .array(z.strictObject({ when: whenSchema, means: z.enum(meanings) }))
    .max(20)
    .default([]),
  /** There is no such record, for certain; only of `find` and `read`. */
  none: whenSchema.optional(),
});

const recordSchema = z.strictObject({
  /** The elements of a list, each read by the paths below, relative to it; absent: the answer is one record. */
  each: z.strictObject({ json: jsonPathSchema.optional(), xpath: xpathSchema.optional() }).optional(),
  protocol: extractionSchema.optional(),
  title: extractionSchema.optional(),
  state: extractionSchema.optional(),
  incident: extractionSchema.optional(),
  body: extractionSchema.optional(),
  priority: extractionSchema.optional(),
  assignedTo: extractionSchema.optional(),
  /** Searched for `[vigia:...]`. */
  notes: extractionSchema.optional(),
});
export type RecordRule = z.output<typeof recordSchema>;

export interface JsonTree {
  readonly [name: string]: JsonLeaf;
}
/** `number` and `boolean` send the filled template as that JSON type instead of as text. */
export type JsonLeaf =
  | z.output<typeof templateSchema>
  | { readonly $number: z.output<typeof templateSchema> }
  | { readonly $boolean: boolean }
  | readonly JsonLeaf[]
  | JsonTree;

const jsonLeafSchema: z.ZodType<JsonLeaf> = z.lazy(() =>
  z.union(
    [
      templateSchema,
      z.strictObject({ $number: templateSchema }),
      z.strictObject({ $boolean: z.boolean() }),
      z.array(jsonLeafSchema).max(50),
      z.record(z.string().min(1).max(100), jsonLeafSchema),
    ],
    { error: 'quer: texto com {nomes}, { $number: "{nome}" }, { $boolean: true }, lista ou objeto' },
  ),
);

const fieldsSchema = z.record(z.string().min(1).max(100), templateSchema);

/** One of them, or none for a request without a body. */
const contentSchema = z.discriminatedUnion('encoding', [
  z.strictObject({ encoding: z.literal('none') }),
  z.strictObject({ encoding: z.literal('form'), fields: fieldsSchema }),
  z.strictObject({ encoding: z.literal('multipart'), fields: fieldsSchema }),
  z.strictObject({ encoding: z.literal('json'), body: z.record(z.string().min(1).max(100), jsonLeafSchema) }),
  z.strictObject({
    encoding: z.literal('xml'),
    body: templateSchema,
    type: z.string().max(100).default('text/xml'),
  }),
]);
export type Content = z.output<typeof contentSchema>;

const operationSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Behind `baseUrl`; starts with a slash. */
  path: templateSchema,
  query: fieldsSchema.default({}),
  headers: z.record(headerName, templateSchema).default({}),
  content: contentSchema.default({ encoding: 'none' }),
  answer: answerSchema,
  /** Of `create`: the number of the new record. */
  protocol: extractionSchema.optional(),
  /** Of `find` and `read`. */
  record: recordSchema.optional(),
});
export type Operation = z.output<typeof operationSchema>;

export const operationNames = [
  'probe',
  'create',
  'find',
  'read',
  'note',
  'close',
  'reopen',
  'raise',
] as const;
export type OperationName = (typeof operationNames)[number];

const partsSchema = z.array(templateSchema).min(1).max(20);
const outputSchema = z.enum(['hex', 'base64']).default('hex');

const computedSchema = z.union([
  z.strictObject({ md5: partsSchema, output: outputSchema }),
  z.strictObject({ sha1: partsSchema, output: outputSchema }),
  z.strictObject({ sha256: partsSchema, output: outputSchema }),
  z.strictObject({ hmacSha256: partsSchema, key: templateSchema, output: outputSchema }),
  z.strictObject({ base64: partsSchema }),
]);
export type Computed = z.output<typeof computedSchema>;

const wordSchema = z.string().max(100);
const operation = operationSchema.nullable().default(null);

export const profileSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'quer: letras minúsculas, algarismos e hífen'),
  name: z.string().min(1).max(60),
  /** `confirmed` is a person's word: this was agreed with the vendor and tried out. */
  status: z.enum(['confirmed', 'unconfirmed']),
  baseUrl: templateSchema,
  charset: z.enum(charsets).default('utf-8'),
  outside: z.enum(outsideRules).default('transliterate'),
  /** What vigia.yaml has to give under `vars`, each with a sentence for the person who fills it in. */
  vars: z.record(nameSchema, z.string().max(300)).default({}),
  secrets: z.record(nameSchema, z.string().max(300)).default({}),
  /** In this order: each may use those above it. */
  computed: z.record(nameSchema, computedSchema).default({}),
  maps: z
    .strictObject({
      priority: z.strictObject({
        critical: wordSchema,
        priority: wordSchema,
        standard: wordSchema,
      } satisfies Record<(typeof priorities)[number], z.ZodType>),
      /** The desk's department, by customer; `default` for all others. */
      queue: z
        .strictObject({ default: wordSchema, customers: z.record(z.string(), wordSchema).default({}) })
        .default({ default: '', customers: {} }),
      /** The desk's words for a record's state. `others`: what a word in neither list means; absent: nothing is believed. */
      state: z
        .strictObject({
          open: z.array(wordSchema).max(30).default([]),
          closed: z.array(wordSchema).max(30).default([]),
          others: z.enum(['open', 'closed']).optional(),
        })
        .default({ open: [], closed: [] }),
    })
    .default({
      priority: { critical: '', priority: '', standard: '' },
      queue: { default: '', customers: {} },
      state: { open: [], closed: [] },
    }),
  capabilities: z.strictObject({
    externalId: z.enum(['field', 'marker', 'none']),
    /** The desk itself answers the same key with the same record. Almost none does. */
    idempotent: z.boolean().default(false),
    /** How long a new record stays unseen by `find`; 0 = found at once. */
    searchLagMs: z.int().min(0).max(600_000).default(0),
    rate: z
      .strictObject({ requests: z.int().min(1).max(10_000), perMs: z.int().min(1_000).max(86_400_000) })
      .optional(),
  }),
  /** What a 403 is about here. */
  forbidden: z.enum(['unauthorised', 'refused']).default('refused'),
  operations: z.strictObject({
    probe: operation,
    create: operation,
    find: operation,
    read: operation,
    note: operation,
    close: operation,
    reopen: operation,
    raise: operation,
  } satisfies Record<OperationName, z.ZodType>),
});

/** As it stands in the file; `profile-check.ts` makes a `Profile` of it. */
export type ProfileDocument = z.output<typeof profileSchema>;
