// What a session says to its agent, built from the state: welcome, receipts, the reason of a refusal. It sends nothing and
// decides nothing.
import type { Failure } from '../../../shared/failure.ts';
import type { AgentId } from '../../../shared/ids.ts';
import { type Hello, type Welcome, wireMinor } from '../../../shared/wire/messages.ts';
import type { SessionContext } from './session-context.ts';

type Stores = Pick<SessionContext, 'correlator' | 'series'>;

/** What of one epoch is committed; sent only after the commit. */
export function receiptsOf({ correlator, series }: Stores, agent: AgentId, epoch: number) {
  const receipts = correlator.state().agents.get(agent)?.receipts ?? [];
  return {
    epoch,
    changesUpTo: receipts.find((receipt) => receipt.epoch === epoch)?.seq ?? 0,
    rollupsUpTo: series.receipt(agent, epoch),
  };
}

export function welcomeFor(
  hello: Hello,
  session: Pick<Welcome, 'session' | 'egress'> & { readonly agent: AgentId },
  context: Stores & Pick<SessionContext, 'clock'>,
): Welcome {
  return {
    kind: 'welcome',
    session: session.session,
    minor: wireMinor,
    serverAt: context.clock.now(),
    agentClockMs: hello.agentClockMs,
    egress: session.egress.slice(0, 64),
    heartbeatMs: context.correlator.state().policy.heartbeatMs,
    ...receiptsOf(context, session.agent, hello.epoch),
  };
}

export function refusalText(failure: Failure): string {
  const issue = failure.issues?.[0];
  return issue === undefined ? failure.message : `${issue.path}: ${issue.message}`;
}
