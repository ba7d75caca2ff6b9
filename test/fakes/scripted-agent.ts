// An agent by script for tests of a whole server process: what it saw is told over a real socket until the server has
// receipted it, through as many deaths of the server as the test likes. Judges and measures nothing by itself.
import { instant } from '../../shared/time.ts';
import { agentPaths, enrolmentAnswerSchema } from '../../shared/wire/door.ts';
import type { ServerMessage, StateChange } from '../../shared/wire/messages.ts';
import { type AgentKey, beat, enrolmentRequest, hello, newKey } from './agent-side.ts';
import { createAgentsSide, type Peer } from './gateway-bench.ts';

export interface ScriptedAgent {
  /** Its link is up, or down since just now. Told as soon as a server listens. */
  tell(link: string, status: 'up' | 'down'): void;
  /** Told and not yet receipted. */
  waiting(): number;
  stop(): void;
}

const epoch = 1;
const againMs = 50;
const beatMs = 5_000;

/** `token`: of an enrolment at the server on `port`. */
export async function startScriptedAgent(port: number, token: string): Promise<ScriptedAgent> {
  const key = newKey();
  const door = createAgentsSide(port);
  const answer = await door.post(agentPaths.enrol, JSON.stringify(enrolmentRequest(key, token)));
  const { agent } = enrolmentAnswerSchema.parse(JSON.parse(answer.body));
  const run: Run = { agent, key, door, told: [], receipted: 0, stopped: false, peer: undefined };
  void keepConnected(run);
  return {
    tell: (link, status) => {
      const change = changeOf(run.told.length + 1, link, status);
      run.told.push(change);
      if (run.peer !== undefined) sendFrom(run, change.seq);
    },
    waiting: () => run.told.length - run.receipted,
    stop: () => {
      run.stopped = true;
      run.peer?.webSocket.terminate();
    },
  };
}

interface Run {
  readonly agent: string;
  readonly key: AgentKey;
  readonly door: ReturnType<typeof createAgentsSide>;
  readonly told: StateChange[];
  receipted: number;
  stopped: boolean;
  /** Only after its welcome. */
  peer: Peer | undefined;
}

function changeOf(seq: number, link: string, status: 'up' | 'down'): StateChange {
  const at = instant(Date.now());
  const layer = status === 'down' ? ('provider' as const) : undefined;
  const told = { seq, at, atErrorMs: 5, link, status, layer, since: at, recovering: false, evidence: [] };
  return { kind: 'link.changed', ...told };
}

async function keepConnected(run: Run): Promise<void> {
  while (!run.stopped) {
    try {
      const peer = await run.door.connect(run.agent, run.key);
      await session(run, peer);
    } catch {
      // No server at the moment.
    }
    run.peer = undefined;
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}

async function session(run: Run, peer: Peer): Promise<void> {
  peer.webSocket.on('message', () => receive(run, peer.received.at(-1)));
  peer.send(hello({ epoch, spoolDepth: run.told.length - run.receipted }));
  const welcome = await Promise.race([peer.heard('welcome'), peer.closed]);
  if (!('changesUpTo' in welcome)) return;
  run.receipted = welcome.changesUpTo;
  run.peer = peer;
  if (run.told.length > run.receipted) sendFrom(run, run.receipted + 1);
  let beats = 0;
  const beating = setInterval(() => {
    beats += 1;
    peer.send(beat(beats));
  }, beatMs);
  await peer.closed;
  clearInterval(beating);
}

function receive(run: Run, message: ServerMessage | undefined): void {
  if (message?.kind === 'receipt') run.receipted = Math.max(run.receipted, message.changesUpTo);
}

function sendFrom(run: Run, seq: number): void {
  run.peer?.send({ kind: 'changes', epoch, remaining: 0, items: run.told.slice(seq - 1) });
}
