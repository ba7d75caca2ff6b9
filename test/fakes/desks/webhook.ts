// A receiver of the generic webhook desk as CONTRACT.md, section 5, asks for it: checks the signature on the raw bytes,
// answers a known key with the same protocol, answers `GET ?key=`. Knows nothing of our adapter.
import { createHmac } from 'node:crypto';
import type { Priority } from '../../../shared/words.ts';
import type { FakeDeskControl, FakeRecord } from '../../contract/desk-client.contract.ts';
import {
  type FakeAnswer,
  type FakeRequest,
  type FakeServer,
  type Faults,
  startFakeServer,
} from './faults.ts';

export const webhookSecret = 'segredo-de-teste-ção';
/** Stands in the query of the address, as some receivers want it. */
export const webhookToken = 'tok-9f3a';

interface Held {
  readonly protocol: string;
  readonly incident: string;
  title: string;
  readonly body: string;
  priority: Priority;
  state: 'open' | 'closed';
  readonly notes: string[];
}

export interface FakeWebhook extends FakeDeskControl {
  readonly server: FakeServer;
  /** With the token in its query. */
  readonly url: string;
  /** True: says nothing but `{ protocol }`, which is all that the contract asks for. */
  terse(value: boolean): void;
  stop(): Promise<void>;
}

/** `faults`: drawn by the test for each request; absent: queued. */
export async function startFakeWebhook(faults?: Faults): Promise<FakeWebhook> {
  const held: Held[] = [];
  const byKey = new Map<string, string>();
  const state = { held, byKey, terse: false };
  let taken = true;
  const server = await startFakeServer((request) => {
    if (!taken || request.url.searchParams.get('token') !== webhookToken || !isSigned(request))
      return { status: 403, body: 'no' };
    return request.method === 'GET' ? look(state, request) : act(state, request);
  }, faults);
  const close = (protocol: string): void => {
    const record = held.find((each) => each.protocol === protocol);
    if (record !== undefined) record.state = 'closed';
  };
  return {
    server,
    url: `${server.url}/vigia?token=${webhookToken}`,
    faults: server.faults,
    records: () => held.map((each): FakeRecord => ({ ...each })),
    takeCredential: (value) => {
      taken = value;
    },
    terse: (value) => {
      state.terse = value;
    },
    closeByHand: close,
    removeByHand: (protocol) => {
      held.splice(
        held.findIndex((each) => each.protocol === protocol),
        1,
      );
    },
    goDown: () => server.stop(),
    stop: () => server.stop(),
  };
}

interface State {
  readonly held: Held[];
  /** Effect key -> protocol. */
  readonly byKey: Map<string, string>;
  terse: boolean;
}

function isSigned({ headers, raw }: FakeRequest): boolean {
  const [, at, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers['vigia-signature'] ?? '') ?? [];
  const wanted = createHmac('sha256', webhookSecret).update(`${at}.`).update(raw).digest('hex');
  return hex === wanted;
}

function look({ held, terse }: State, { url }: FakeRequest): FakeAnswer {
  const found = held.find(({ incident }) => incident === url.searchParams.get('key'));
  if (found === undefined) return { status: 404 };
  const { protocol, title, state } = found;
  return json(terse ? { protocol } : { protocol, title, state });
}

function act(state: State, { headers, raw }: FakeRequest): FakeAnswer {
  const body: Record<string, string> = JSON.parse(raw.toString('utf8'));
  const key = headers['idempotency-key'] ?? '';
  const known = state.byKey.get(key);
  if (known !== undefined) return json({ protocol: known });
  if (body.action === 'open') {
    const record: Held = {
      protocol: `W-${state.held.length + 1}`,
      incident: body.key ?? '',
      title: body.title ?? '',
      body: body.body ?? '',
      priority: body.priority as Priority,
      state: 'open',
      notes: [],
    };
    state.held.push(record);
    state.byKey.set(key, record.protocol);
    return json({ protocol: record.protocol });
  }
  const record = state.held.find(
    ({ protocol, incident }) => protocol === body.protocol && incident === body.key,
  );
  if (record === undefined) return { status: 404 };
  record.notes.push(body.body ?? '');
  // Each action says the ticket as it is now.
  record.title = body.title ?? record.title;
  if (body.priority !== undefined) record.priority = body.priority as Priority;
  if (body.action === 'close') record.state = 'closed';
  if (body.action === 'reopen') record.state = 'open';
  state.byKey.set(key, record.protocol);
  return state.terse ? { status: 204 } : json({ protocol: record.protocol });
}

function json(body: unknown): FakeAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
