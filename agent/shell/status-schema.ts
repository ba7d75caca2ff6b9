// Reads the status file of a running agent, perhaps of another version, perhaps of another user. Stands under
// `vigia-agent status` and `doctor`; the agent itself does not load it. Unknown fields are passed over.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { instant } from '../../shared/time.ts';
import { pathHopSchema, qualitySchema } from '../../shared/wire/evidence.ts';
import {
  hostStatuses,
  layers,
  linkRoles,
  linkStatuses,
  probeMethods,
  targetRoles,
} from '../../shared/words.ts';
import { type Status, spoolStates, statusFormat } from '../core/status.ts';
import { errorCodeOf } from './errors.ts';
import { clockSchema, parseJson } from './record-schema.ts';
import { statusFile } from './status-file.ts';

const text = z.string().max(600);
const count = z.number().min(0);
const at = z.number().transform(instant);

const answersSchema = z.object({ answered: count, asked: count, rttMs: count.optional() });

const linkSchema = z.object({
  key: text,
  role: z.enum(linkRoles),
  mode: z.enum(['free', 'bound', 'egress', 'never']),
  source: text.optional(),
  interface: text.optional(),
  publicAddress: text.optional(),
  gateway: text.optional(),
  status: z.enum(linkStatuses),
  layer: z.enum(layers).optional(),
  since: at.optional(),
  recovering: z.boolean(),
  inDoubt: z.boolean(),
  quality: qualitySchema.optional(),
  hops: z.array(pathHopSchema).max(limits.pathHopsMax).default([]),
  round: z
    .object({
      at,
      counted: z.boolean(),
      local: z.enum(['no-address', 'no-route', 'interface-down']).optional(),
      answers: z.partialRecord(z.enum(targetRoles), answersSchema),
      page: z.enum(['no-content', 'redirected', 'failed']).optional(),
    })
    .optional(),
});

const hostSchema = z.object({
  key: text,
  address: text.optional(),
  status: z.enum(hostStatuses),
  since: at.optional(),
  recovering: z.boolean(),
  answers: z.boolean().optional(),
});

const sessionSchema = z.object({
  state: z.enum(['disconnected', 'opening', 'greeting', 'open', 'leaving', 'left']),
  since: at,
  server: text.optional(),
  source: text.optional(),
  egress: text.optional(),
  confirmedAt: at.optional(),
  receiptAt: at.optional(),
  closeCode: z.number().optional(),
});

const statusSchema = z.object({
  format: z.literal(statusFormat),
  version: text,
  pid: z.int().min(1),
  started: clockSchema,
  written: clockSchema,
  stopped: z.boolean(),
  agent: text,
  customer: text,
  site: text,
  host: text,
  servers: z.array(text).max(64),
  proxy: text.optional(),
  machine: text.optional(),
  view: z.object({
    at,
    errorMs: count,
    clockOffsetMs: z.number().optional(),
    links: z.array(linkSchema).max(limits.linksPerSiteMax),
    hosts: z.array(hostSchema).max(limits.hostsPerSiteMax),
    session: sessionSchema,
    asked: z.object({
      anchors: z.array(text).max(limits.anchorsMax),
      dns: z.array(text).max(limits.anchorsMax),
      page: text.optional(),
    }),
    waiting: z.object({ changes: count, rollups: count }),
  }),
  ping: z.object({ method: z.enum(probeMethods), reason: text.optional() }),
  spool: z.object({
    changes: count,
    rollups: count,
    bytes: count,
    inMemory: count,
    refused: count,
    droppedChanges: count,
    droppedRollups: count,
    state: z.enum(spoolStates).optional(),
    movedAside: text.optional(),
  }),
  residentBytes: count,
});

/** `none`: no agent has run here. `forbidden`: this user may not read it. `damaged`: also of a version too strange. */
export type StatusTrouble = 'none' | 'forbidden' | 'damaged';

export function readStatus(stateDirectory: string): Result<Status, StatusTrouble> {
  const path = join(stateDirectory, statusFile);
  try {
    if (statSync(path).size > 2 * limits.statusBytesMax) return fail('damaged');
    const parsed = statusSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
    return parsed.success ? ok(parsed.data) : fail('damaged');
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return fail('none');
    return fail(code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'damaged');
  }
}
