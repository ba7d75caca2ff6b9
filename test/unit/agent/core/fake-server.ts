// A server as the agent's core sees it: welcomes, answers beats, commits and receipts. Every message goes through the
// real codec in both directions. Faults are switches.
import { present } from '../../../../shared/assert.ts';
import { instant } from '../../../../shared/time.ts';
import { decodeAgentMessage, decodeServerMessage, encodeMessage } from '../../../../shared/wire/codec.ts';
import {
  type AgentMessage,
  type Findings,
  type Hello,
  type ServerMessage,
  type StateChange,
  wireMinor,
} from '../../../../shared/wire/messages.ts';

type ChangesMessage = Extract<AgentMessage, { readonly kind: 'changes' }>;
type RollupsMessage = Extract<AgentMessage, { readonly kind: 'rollups' }>;

export class FakeServer {
  /** What a dial does. */
  dials: 'open' | 'refuse' | 'hang' = 'open';
  /** Messages vanish in both directions, sockets stay open. */
  hung = false;
  silentAfterHello = false;
  receipts: 'send' | 'drop' | 'double' = 'send';
  heartbeatMs = 10_000;
  /** The minor version that it names; 0 knows no findings. */
  minor = wireMinor;
  egress = '198.51.100.10';
  /** Overrides the epoch that welcome names. */
  welcomeEpoch: number | undefined;
  welcomeChangesUpTo: number | undefined;
  /** Changes that it believes the agent still holds; above 0 it believes none of the agent's words. */
  remaining = 0;
  /** Server time minus the agent's monotonic time. */
  offsetMs = 1_800_000_000_000;

  readonly hellos: Hello[] = [];
  readonly beats: { readonly n: number; readonly atMs: number; readonly load: boolean }[] = [];
  readonly changesMessages: ChangesMessage[] = [];
  readonly rollupsMessages: { readonly atMs: number; readonly message: RollupsMessage }[] = [];
  readonly findings: { readonly atMs: number; readonly message: Findings }[] = [];
  readonly goodbyes: string[] = [];
  /** Committed, by seq. */
  readonly committed = new Map<number, StateChange>();
  rollupsUpTo = 0;
  #epoch = 1;

  /** Highest seq up to which everything is committed; as the real server, the highest committed. */
  get changesUpTo(): number {
    return Math.max(0, ...this.committed.keys());
  }

  /** One message in, the answers out. */
  receive(sent: AgentMessage, nowMs: number): ServerMessage[] {
    const decoded = decodeAgentMessage(encodeMessage(sent));
    if (!decoded.ok) throw new Error(`refused: ${JSON.stringify(decoded.failure)}`);
    return this.#answer(decoded.value, nowMs).map((answer) => {
      const back = decodeServerMessage(encodeMessage(answer));
      if (!back.ok) throw new Error(`bad fake: ${JSON.stringify(back.failure)}`);
      return back.value;
    });
  }

  #answer(message: AgentMessage, nowMs: number): ServerMessage[] {
    const serverAt = instant(nowMs + this.offsetMs);
    switch (message.kind) {
      case 'hello':
        this.hellos.push(message);
        this.#epoch = message.epoch;
        this.remaining = message.spoolDepth;
        if (this.silentAfterHello) return [];
        return [
          {
            kind: 'welcome',
            session: `s${this.hellos.length}`,
            minor: this.minor,
            serverAt,
            agentClockMs: message.agentClockMs,
            egress: this.egress,
            heartbeatMs: this.heartbeatMs,
            epoch: this.welcomeEpoch ?? message.epoch,
            changesUpTo: this.welcomeChangesUpTo ?? this.changesUpTo,
            rollupsUpTo: this.rollupsUpTo,
          },
        ];
      case 'beat':
        this.beats.push({ n: message.n, atMs: nowMs, load: message.load !== undefined });
        return [{ kind: 'beat.reply', n: message.n, agentClockMs: message.agentClockMs, serverAt }];
      case 'changes':
        this.changesMessages.push(message);
        this.remaining = message.remaining;
        for (const item of message.items)
          if (!this.committed.has(item.seq)) this.committed.set(item.seq, item);
        return this.#receipt();
      case 'rollups':
        this.rollupsMessages.push({ atMs: nowMs, message });
        this.rollupsUpTo = present(message.items.at(-1), 'a rollup').seq;
        return this.#receipt();
      case 'findings':
        this.findings.push({ atMs: nowMs, message });
        return [];
      case 'goodbye':
        this.goodbyes.push(message.reason);
        return [];
    }
  }

  #receipt(): ServerMessage[] {
    const receipt: ServerMessage = {
      kind: 'receipt',
      epoch: this.#epoch,
      changesUpTo: this.changesUpTo,
      rollupsUpTo: this.rollupsUpTo,
    };
    if (this.receipts === 'drop') return [];
    return this.receipts === 'double' ? [receipt, receipt] : [receipt];
  }

  /** All committed changes in order of seq. */
  story(): StateChange[] {
    return [...this.committed.values()].sort((a, b) => a.seq - b.seq);
  }
}
