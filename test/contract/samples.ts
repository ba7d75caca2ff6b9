// Small valid records for contract suites and runtime tests: the least that says what a test is about.
import type { Change } from '../../server/core/change.ts';
import type { TicketEffect } from '../../server/core/effect.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Input } from '../../server/core/input.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { JournalEntry } from '../../server/ports/journal.ts';
import { customerKey, effectKey, incidentIdFrom, siteId } from '../../shared/ids.ts';
import { type Instant, instant } from '../../shared/time.ts';
import type { Priority } from '../../shared/words.ts';

/** 2026-03-10T12:00:00Z and this many ms. */
export const at = (ms: number): Instant => instant(1_773_144_000_000 + ms);

export const matriz = siteId('aurora', 'matriz');

export function incident(id: string, more: Partial<Incident> = {}): Incident {
  return {
    id: incidentIdFrom(id),
    kind: 'link-down',
    cause: 'unknown',
    causeKey: `link:${id}`,
    site: matriz,
    severity: 'outage',
    priority: 'critical',
    state: 'open',
    detectedAt: at(0),
    confirmedAt: at(5_000),
    openedAt: at(5_000),
    downtimeMs: 0,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind: 'link-down', confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: [],
    notesSent: 0,
    ...more,
  };
}

export function openEffect(
  id: string,
  more: { readonly priority?: Priority; readonly notBefore?: Instant; readonly key?: string } = {},
): Extract<TicketEffect, { kind: 'ticket.open' }> {
  return {
    kind: 'ticket.open',
    key: effectKey(more.key ?? `${id}:open`),
    incident: incidentIdFrom(id),
    notBefore: more.notBefore ?? at(0),
    text: { title: `Padaria Aurora: link fora (${id})`, body: 'O link não responde.' },
    priority: more.priority ?? 'critical',
    customer: 'aurora',
    site: matriz,
    detectedAt: at(0),
  };
}

export function noteEffect(id: string, number: number, notBefore = at(0)): TicketEffect {
  return {
    kind: 'ticket.note',
    key: effectKey(`${id}:note:${number}`),
    incident: incidentIdFrom(id),
    notBefore,
    text: `Observação ${number}`,
  };
}

export function closeEffect(id: string): TicketEffect {
  return {
    kind: 'ticket.close',
    key: effectKey(`${id}:close:1`),
    incident: incidentIdFrom(id),
    notBefore: at(60_000),
    text: 'Voltou.',
  };
}

export function reopenEffect(id: string): TicketEffect {
  return {
    kind: 'ticket.reopen',
    key: effectKey(`${id}:reopen:1`),
    incident: incidentIdFrom(id),
    notBefore: at(90_000),
    text: 'Caiu de novo.',
  };
}

export function timeAdvanced(ms = 0): Input {
  return { kind: 'time.advanced', at: at(ms), anchorsGoodAt: at(ms) };
}

export function entry(
  seq: number,
  more: {
    readonly input?: Input;
    readonly changes?: readonly Change[];
    readonly effects?: readonly TicketEffect[];
  } = {},
): JournalEntry {
  return {
    input: { seq, input: more.input ?? timeAdvanced(seq) },
    changes: more.changes ?? [],
    effects: more.effects ?? [],
  };
}

export const topology: Topology = {
  revision: 3,
  providers: new Map([['vivo', { key: 'vivo', name: 'Vivo Empresas' }]]),
  sites: new Map([
    [
      matriz,
      {
        id: matriz,
        key: 'matriz',
        name: 'Matriz',
        customer: customerKey('aurora'),
        customerName: 'Padaria Aurora Ltda',
        plan: 'PREMIUM',
        city: 'São Paulo',
        state: 'SP',
        timeZone: 'America/Sao_Paulo',
        origin: 'document',
        links: [{ key: 'vivo', name: 'Vivo', provider: 'vivo', role: 'primary' }],
        hosts: [],
      },
    ],
  ]),
};
