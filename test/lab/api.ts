// The lab's view of the server: the HTTP API of the manual, over the relay's Unix socket. Parses every answer by the
// shared schemas, so that the lab also notices an API that says something else than it promised.
import { request } from 'node:http';
import { z } from 'zod';
import {
  type IncidentRow,
  incidentRowSchema,
  type Ticket,
  ticketSchema,
} from '../../shared/api/incidents.ts';
import { type WallSnapshot, wallSnapshotSchema } from '../../shared/api/wall.ts';

export interface Api {
  ready(): Promise<boolean>;
  putInventory(document: unknown): Promise<void>;
  enrolmentToken(place: { customer: string; site: string; host: string }): Promise<string>;
  incidents(): Promise<readonly IncidentRow[]>;
  tickets(): Promise<readonly Ticket[]>;
  wall(): Promise<WallSnapshot>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const callMs = 5_000;

/** `token` is asked for at each call: it exists only once the server has started. Calls throw when refused. */
export function openApi(socketPath: string, token: () => string): Api {
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    exchange({ socketPath, method, path, token: token(), body });
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(JSON.parse(good(await call('GET', path), path)));
  return {
    ready: async () => {
      try {
        return (await call('GET', '/readyz')).status === 200;
      } catch {
        return false;
      }
    },
    putInventory: async (document) => {
      good(await call('PUT', '/api/v1/inventory', document), 'PUT /inventory');
    },
    enrolmentToken: async (place) => {
      const answer = await call('POST', '/api/v1/enrolment-tokens', place);
      const text = good(answer, 'POST /enrolment-tokens');
      return z.object({ token: z.string() }).parse(JSON.parse(text)).token;
    },
    incidents: async () =>
      (await get('/api/v1/incidents', z.object({ items: z.array(incidentRowSchema) }))).items,
    tickets: async () => (await get('/api/v1/tickets', z.object({ items: z.array(ticketSchema) }))).items,
    wall: () => firstSnapshot({ socketPath, token: token() }),
  };
}

function good(answer: Answer, what: string): string {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${what}: ${answer.status} ${answer.text}`);
  return answer.text;
}

interface Exchange {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
}

function exchange({ socketPath, method, path, token, body }: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const call = request({ socketPath, method, path, headers, timeout: callMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in ${callMs} ms`)));
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Opens the wall's event stream, takes its first event, the whole wall, and hangs up. */
function firstSnapshot({ socketPath, token }: { socketPath: string; token: string }): Promise<WallSnapshot> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const path = '/api/v1/wall';
    const call = request({ socketPath, path, headers, timeout: callMs, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        const data = /event: wall\.snapshot\r?\n(?:.*\r?\n)*?data: (.*)\r?\n/.exec(text)?.[1];
        if (data === undefined) return;
        const parsed = wallSnapshotSchema.safeParse(JSON.parse(data));
        if (parsed.success) resolve(parsed.data);
        else reject(parsed.error);
        call.destroy();
      });
      response.on('end', () =>
        reject(new Error(`GET /wall ended: ${response.statusCode} ${text.slice(0, 200)}`)),
      );
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error(`GET /wall: nothing in ${callMs} ms`)));
    call.on('error', reject);
    call.end();
  });
}
