// A site's own time. While nothing happens at a site its machines are not computed at all (quiet.ts): their clocks
// stand still for `skipMs`, and every instant that crosses the site's border is translated, so that neither side can
// tell. This file is that translation; it must stay exact to the millisecond.

import { assertNever } from '../../shared/assert.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { AgentMessage, ServerMessage, StateChange } from '../../shared/wire/messages.ts';

/** Server time at virtual millisecond 0: Monday 2 March 2026, 00:00 in São Paulo. */
export const epochMs = Date.UTC(2026, 2, 2, 3, 0, 0);

export interface Frame {
  /** Site time for a kernel time of now (not of the past). */
  local(kernelNow: number): number;
  /** Kernel time at which the site's clocks showed `local`. */
  world(local: number): number;
  /** The site's clocks stand still for `byMs` from the kernel time `now` on. */
  skip(now: number, byMs: number): void;
  skippedMs(): number;
}

export function createFrame(): Frame {
  const skips: { readonly local: number; readonly total: number }[] = [];
  let total = 0;
  return {
    local: (kernelNow) => kernelNow - total,
    world(local) {
      for (let index = skips.length - 1; index >= 0; index -= 1) {
        const skip = skips[index];
        if (skip !== undefined && skip.local <= local) return local + skip.total;
      }
      return local;
    },
    skip(now, byMs) {
      const local = now - total;
      total += byMs;
      skips.push({ local, total });
    },
    skippedMs: () => total,
  };
}

/** What the agent said, with its instants as the rest of the world counts them. */
export function outOfFrame(frame: Frame, message: AgentMessage): AgentMessage {
  if (frame.skippedMs() === 0) return message;
  switch (message.kind) {
    case 'hello':
    case 'goodbye':
      return message;
    case 'findings':
      return { ...message, examinedAt: out(frame, message.examinedAt) };
    case 'beat':
      if (message.clockOffsetMs === undefined) return message;
      return { ...message, clockOffsetMs: message.clockOffsetMs + frame.skippedMs() };
    case 'changes':
      return { ...message, items: message.items.map((item) => changeOut(frame, item)) };
    case 'rollups':
      return { ...message, items: message.items.map((item) => ({ ...item, at: out(frame, item.at) })) };
    default:
      return assertNever(message);
  }
}

/** What the server said, with its instants as the site's clocks count them. */
export function intoFrame(frame: Frame, message: ServerMessage): ServerMessage {
  if (message.kind !== 'welcome' && message.kind !== 'beat.reply') return message;
  return { ...message, serverAt: instant(message.serverAt - frame.skippedMs()) };
}

function changeOut(frame: Frame, item: StateChange): StateChange {
  const at = out(frame, item.at);
  switch (item.kind) {
    case 'link.changed':
    case 'host.changed':
      return { ...item, at, since: out(frame, item.since) };
    case 'run.started': {
      const previous = item.previous && {
        ...item.previous,
        lastAliveAt: out(frame, item.previous.lastAliveAt),
      };
      return { ...item, at, bootAt: out(frame, item.bootAt), previous };
    }
    case 'run.explained':
      return { ...item, at, endedAt: out(frame, item.endedAt) };
    case 'spool.lost':
      return { ...item, at };
    default:
      return assertNever(item);
  }
}

function out(frame: Frame, at: Instant): Instant {
  return instant(frame.world(at - epochMs) + epochMs);
}
