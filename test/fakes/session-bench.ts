// One agent session over a fake socket, with everything it stands on in memory.
import { createMemoryRegistry } from '../../server/adapters/memory/registry.ts';
import { createMemorySeries } from '../../server/adapters/memory/series.ts';
import { AgentSession } from '../../server/shell/gateway/agent-session.ts';
import { createGatewayCounters } from '../../server/shell/gateway/counters.ts';
import { createNewsQueue } from '../../server/shell/gateway/news-queue.ts';
import type { SessionContext } from '../../server/shell/gateway/session-context.ts';
import type { AgentId } from '../../shared/ids.ts';
import { defaultTiming } from '../../shared/wire/assignment.ts';
import { encodeMessage } from '../../shared/wire/codec.ts';
import type { AgentMessage } from '../../shared/wire/messages.ts';
import { agentRecord, createFakeSocket, enrolmentToken, hello, site, topologyOf } from './agent-side.ts';
import { createFakeCorrelator } from './fake-correlator.ts';
import { createManualClock, settled } from './manual-clock.ts';

/** `known` = the core knows the agent already (default). */
export function createSessionBench(options: { readonly known?: boolean } = {}) {
  const clock = createManualClock();
  const correlator = createFakeCorrelator();
  const registry = createMemoryRegistry();
  const series = createMemorySeries();
  const counters = createGatewayCounters();
  const record = agentRecord('agt-1');
  const token = enrolmentToken('a token of the bench');
  registry.saveToken(token);
  registry.enrol(token.digest, clock.now(), () => record);
  correlator.adopt(topologyOf([site()]));
  if (options.known !== false) {
    correlator.setAgent({
      id: record.id,
      site: record.site,
      host: record.host,
      presence: 'new',
      presenceSince: clock.now(),
      closedByPeer: false,
      remaining: 0,
      receipts: [],
    });
  }
  const heard: { readonly at: number; readonly beat: boolean }[] = [];
  const forgotten: AgentId[] = [];
  const greeted: AgentSession[] = [];
  const context: SessionContext = {
    registry,
    correlator,
    series,
    clock,
    counters,
    log: () => undefined,
    news: createNewsQueue({ correlator, clock, counters }),
    assignment: { anchors: ['1.1.1.1'], dns: ['1.1.1.1'], timing: defaultTiming },
    liveness: {
      sessionOpened: () => undefined,
      heard: (_agent, at, beat) => heard.push({ at, beat }),
      forget: (agent) => forgotten.push(agent),
    },
    claim: (session, answer) => {
      greeted.push(session);
      answer('granted');
    },
    ended: () => undefined,
  };
  const another = () => {
    const socket = createFakeSocket();
    const session = new AgentSession(
      { id: crypto.randomUUID(), record, socket, egress: '198.51.100.7' },
      context,
    );
    const say = (message: AgentMessage): void => session.received(encodeMessage(message));
    const open = async (): Promise<void> => {
      say(hello());
      await settled();
    };
    return { socket, session, say, open };
  };
  const shared = { clock, correlator, registry, series, counters, record, heard, forgotten, greeted };
  return { ...shared, agent: record.id, another, ...another() };
}
