// One real outage, as inputs to a correlator: the shop's agent has been watching for a while, then its link dies. For tests
// of what comes after a ticket; says nothing about how outages are told apart.
import type { Input } from '../../server/core/input.ts';
import { agentId, sessionId, siteIdFrom } from '../../shared/ids.ts';
import { type Instant, plus, second } from '../../shared/time.ts';
import { transcriptTopology } from '../scenario/fleet.ts';

const agent = agentId('srv-loja');
const site = siteIdFrom('boreal/loja');

/** A shop that is well. */
export function watchedShop(at: Instant): readonly Input[] {
  return [
    { kind: 'inventory.imported', at, topology: transcriptTopology, by: 'ana' },
    { kind: 'agent.enrolled', at, agent, site, host: 'srv-loja' },
    {
      kind: 'session.opened',
      at,
      agent,
      session: sessionId('srv-loja@1'),
      egress: '198.51.100.20',
      bootId: 'boot-srv-loja',
      version: '0',
      spoolDepth: 0,
    },
    linkInput(at, 1, 'up', at),
  ];
}

/** Its only link is down since some seconds ago. */
export function linkDied(at: Instant): Input {
  return linkInput(at, 2, 'down', plus(at, -4 * second));
}

/** And up again, for good. */
export function linkBack(at: Instant): Input {
  return linkInput(at, 3, 'up', at);
}

function linkInput(at: Instant, seq: number, status: 'up' | 'down', since: Instant): Input {
  const layer = status === 'down' ? ('provider' as const) : undefined;
  const change = {
    seq,
    at,
    atErrorMs: 5,
    link: 'vivo',
    status,
    layer,
    since,
    recovering: false,
    evidence: [],
  };
  return {
    kind: 'changes.received',
    at,
    agent,
    epoch: 1,
    remaining: 0,
    items: [{ kind: 'link.changed', ...change }],
  };
}
