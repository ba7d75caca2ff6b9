// Plays a transcript: each line is an input; under it stands what the core concluded and did. Deadlines are served by
// virtual time with a server that sees. `> ` lines are output and are compared byte by byte; `# ` lines are comments.

import type { Change } from '../../server/core/change.ts';
import { nextDeadline } from '../../server/core/deadline.ts';
import { decide } from '../../server/core/decide.ts';
import { type Effect, isTicketEffect, type TicketEffect } from '../../server/core/effect.ts';
import { evolve, initialState } from '../../server/core/evolve.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Input } from '../../server/core/input.ts';
import type { State } from '../../server/core/state.ts';
import {
  portuguese,
  sentenceOfCause,
  sentenceOfPriority,
  sentenceOfTimeline,
  sentenceOfTitle,
} from '../../server/core/view/sentences.ts';
import type { Instant } from '../../shared/time.ts';
import { clockToInstant, inputOf, instantToClock, newSpeaker } from './language.ts';

/** What concludes: the real core, or one broken on purpose (test/sim/broken-rules.ts). */
export interface Mind {
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
}

/** Is told what the desk is told. */
export type Hear = (effect: TicketEffect) => void;

/**
 * The whole transcript with fresh output lines. `HH:MM:SS ...` alone lets time pass until then.
 */
export function play(text: string, mind: Mind = { decide, evolve }, hear: Hear = () => {}): string {
  const speaker = newSpeaker();
  const out: string[] = [];
  let state = initialState();
  let seen = true;
  /** The anchors answered last then, and nobody has asked them since. */
  let provenAt: Instant | undefined;
  const apply = (input: Input): void => {
    if (input.kind === 'anchors.measured') [seen, provenAt] = [input.reachable, undefined];
    const numbered = { seq: state.seq + 1, input };
    const closed = [...state.closed.values()].flat().map((each) => [each.id, each] as const);
    const before = new Map([...closed, ...state.incidents]);
    const { changes, effects } = mind.decide(state, numbered);
    state = mind.evolve(state, numbered, changes);
    for (const effect of effects) if (isTicketEffect(effect)) hear(effect);
    for (const change of changes)
      if (change.kind === 'incident.opened') speaker.opened.push(change.incident.id);
    for (const line of report({ state, before, changes, effects, at: input.at })) {
      out.push(`> ${speaker.opened.reduce((text, id, index) => text.replaceAll(id, `#${index + 1}`), line)}`);
    }
  };
  const passUntil = (until: Instant): void => {
    for (let due = nextDeadline(state); due !== undefined && due <= until; due = nextDeadline(state)) {
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: seen ? (provenAt ?? due) : undefined });
    }
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('>')) continue;
    if (!/^\d\d:\d\d:\d\d /.test(line)) {
      out.push(line);
      continue;
    }
    passUntil(clockToInstant(line.slice(0, 8)));
    out.push(line);
    const stale = /^última resposta das âncoras do Vigia às (.+)$/.exec(line.slice(9))?.[1];
    if (stale !== undefined) provenAt = clockToInstant(stale);
    else if (line.slice(9) !== '...') {
      const input = inputOf(line, speaker);
      apply(input);
      // As the server does: what texts are made of is told before anything may be written.
      if (input.kind === 'server.started')
        apply({ kind: 'tickets.configured', at: input.at, settings: speaker.settings });
    }
  }
  return out.join('\n');
}

interface Played {
  readonly state: State;
  readonly before: ReadonlyMap<string, Incident>;
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  readonly at: Instant;
}

function report({ state, before, changes, effects, at }: Played): string[] {
  const lines: string[] = [];
  const speech = portuguese(state.topology);
  for (const change of changes) {
    if (!('incident' in change)) continue;
    const { incident } = change;
    const title = sentenceOfTitle(incident, speech);
    if (change.kind === 'incident.opened') {
      const detected = instantToClock(incident.detectedAt);
      lines.push(
        `ABRE ${incident.id} [${sentenceOfPriority(incident.priority, speech)}] ${title}; detectado ${detected}`,
      );
    }
    if (change.kind === 'incident.recorded') {
      const from = instantToClock(incident.detectedAt);
      const to = instantToClock(incident.recoveredAt ?? at);
      const cause = incident.cause === 'unknown' ? '' : `; ${sentenceOfCause(incident.cause, speech)}`;
      lines.push(`HISTÓRIA ${title}; de ${from} a ${to}${cause}`);
      continue;
    }
    // The first three entries of a new incident (evidence, confirmed, opened) stand in its own line.
    const known = before.get(incident.id)?.timeline.length ?? 3;
    for (const entry of incident.timeline.slice(known)) {
      lines.push(`${incident.id} ${instantToClock(entry.at)} ${sentenceOfTimeline(entry, incident, speech)}`);
    }
  }
  for (const effect of effects) {
    if (effect.kind === 'ticket.open') lines.push(`CHAMADO ${effect.key} [${effect.priority}]`);
    else if (effect.kind === 'ticket.note')
      lines.push(`NOTA ${effect.key}: ${effect.text.replaceAll('\n', ' ')}`);
    else if (effect.kind === 'ticket.close') lines.push(`FECHA ${effect.key}`);
    else if (effect.kind === 'ticket.reopen')
      lines.push(`REABRE O CHAMADO ${effect.key}: ${effect.text.replaceAll('\n', ' ')}`);
  }
  return lines.map((line) => `${instantToClock(at)} ${line}`);
}
