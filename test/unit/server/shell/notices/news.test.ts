// Which notices an incident's record stands for, and when another's notice tells it.
import { describe, expect, it } from 'vitest';
import type { Incident, TimelineEntry } from '../../../../../server/core/incident.ts';
import { noticeText } from '../../../../../server/core/view/notice-text.ts';
import { isQuiet, newsOf } from '../../../../../server/shell/notices/news.ts';
import { incidentIdFrom, siteId } from '../../../../../shared/ids.ts';
import { type Instant, instant, minute, plus } from '../../../../../shared/time.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const zero = instant(Date.parse('2026-11-23T13:00:00Z'));
const at = (minutes: number): Instant => plus(zero, minutes * minute);

const child = incidentIdFrom('inc-1-0');
const parent = incidentIdFrom('inc-2-0');

function incident(
  entries: readonly (readonly [number, TimelineEntry['kind'], string?])[],
  more: Partial<Incident> = {},
): Incident {
  return {
    id: child,
    kind: 'link-down',
    cause: 'unknown',
    causeKey: 'link:vivo',
    site: siteId('aurora', 'matriz'),
    link: 'vivo',
    severity: 'redundancy-lost',
    priority: 'critical',
    state: 'open',
    detectedAt: zero,
    confirmedAt: zero,
    openedAt: zero,
    downtimeMs: 0,
    outageSince: zero,
    reopenedCount: 0,
    flapping: false,
    retro: false,
    touched: false,
    verdict: { kind: 'link-down', confidence: 'confirmed', witnesses: [], refused: [] },
    symptoms: [],
    timeline: entries.map(([minutes, kind, text]) => ({ at: at(minutes), kind, text })),
    notesSent: 0,
    ...more,
  };
}

const keysOf = (given: Incident, others: readonly Incident[] = []): readonly string[] =>
  newsOf(given, { incidents: new Map(others.map((each) => [each.id, each])) }).map(({ key }) => key);

const outage = (more: Partial<Incident> = {}): Incident =>
  incident([[0, 'opened']], {
    id: parent,
    kind: 'provider-outage',
    site: undefined,
    provider: 'vivo',
    ...more,
  });
const over: Partial<Incident> = { state: 'resolved', recoveredAt: at(20), resolvedAt: at(25) };

describe('news of an incident', () => {
  it('each turn of its life is one, named by its instant; small steps are none', () => {
    const full = incident([
      [0, 'first-evidence'],
      [1, 'opened'],
      [2, 'ticket-registered'],
      [3, 'worsened'],
      [4, 'recovering'],
      [5, 'fell-back'],
      [9, 'resolved'],
      [12, 'reopened'],
      [13, 'closed-at-desk-early'],
      [14, 'noted'],
    ]);
    expect(keysOf(full)).toEqual([
      'inc-1-0:opened',
      `inc-1-0:worsened:${at(3)}`,
      `inc-1-0:recovered:${at(9)}`,
      `inc-1-0:reopened:${at(12)}`,
      `inc-1-0:desk-closed-early:${at(13)}`,
    ]);
  });

  it('two steps of escalation at one instant are two, each with its own step and people', () => {
    const given = incident(
      [
        [0, 'opened'],
        [30, 'escalated', 'Ana'],
        [30, 'escalated', 'Beto, Caio'],
        [90, 'escalated', 'ninguém na escala'],
      ],
      {
        escalation: {
          level: 3,
          steps: ['call.level2-lead', 'move.level2', 'move.level3'],
          at: at(90),
          to: 'x',
        },
      },
    );
    const told = newsOf(given, { incidents: new Map() }).slice(1);
    expect(told.map(({ key, step, to }) => [key, step, to])).toEqual([
      [`inc-1-0:escalated:${at(30)}`, 'call.level2-lead', ['Ana']],
      [`inc-1-0:escalated:${at(30)}:1`, 'move.level2', ['Beto', 'Caio']],
      [`inc-1-0:escalated:${at(90)}`, 'move.level3', []],
    ]);
  });

  it('what was rebuilt from late data, and Vigia’s own outage, are none', () => {
    expect(keysOf(incident([[0, 'opened']], { retro: true }))).toEqual([]);
    expect(keysOf(incident([[0, 'opened']], { kind: 'own-outage' }))).toEqual([]);
  });

  it('a child is quiet while its provider’s outage lasts', () => {
    const given = incident(
      [
        [0, 'opened'],
        [1, 'joined-outage', parent],
        [8, 'resolved'],
      ],
      { parent },
    );
    expect(keysOf(given, [outage()])).toEqual([]);
    expect(isQuiet(given, { incidents: new Map([[parent, outage()]]) })).toBe(true);
  });

  it('a child that the outage leaves behind is told then, and speaks for itself from there', () => {
    const alone = incident(
      [
        [0, 'opened'],
        [1, 'joined-outage', parent],
        [25, 'outage-over', parent],
        [40, 'resolved'],
      ],
      {
        parent,
      },
    );
    expect(keysOf(alone, [outage(over)])).toEqual([
      `inc-1-0:left-alone:${at(25)}`,
      `inc-1-0:recovered:${at(40)}`,
    ]);
  });

  it('a child that ended with the outage says nothing, and is told when it fails again alone', () => {
    const ended = incident(
      [
        [0, 'opened'],
        [1, 'joined-outage', parent],
        [26, 'resolved'],
      ],
      { parent },
    );
    expect(keysOf(ended, [outage(over)])).toEqual([]);
    const again = { ...ended, timeline: [...ended.timeline, { at: at(50), kind: 'reopened' as const }] };
    expect(keysOf(again, [outage(over)])).toEqual([`inc-1-0:reopened:${at(50)}`]);
  });

  it('the first sign of something larger is told by that', () => {
    expect(
      keysOf(
        incident([
          [0, 'opened'],
          [1, 'joined-parent', 'site'],
          [1, 'closed'],
        ]),
      ),
    ).toEqual([]);
  });

  it('a provider’s outage names the customers it hit', () => {
    const text = noticeText({
      kind: 'opened',
      at: zero,
      incident: outage({ symptoms: ['aurora/matriz/link:vivo', 'boreal/loja', 'boreal/loja/link:vivo'] }),
      topology: transcriptTopology,
      to: [],
    });
    expect(text.text).toContain('Clientes atingidos: Padaria Aurora, Boreal Calçados.');
  });
});
