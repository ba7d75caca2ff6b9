// The catalogue against the domain's closed sets, and the colours against WCAG AA.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { en } from '../../../../server/console/i18n/en.ts';
import { pt } from '../../../../server/console/i18n/pt.ts';
import { ticketFilters } from '../../../../server/console/select.ts';
import { deliveryStates } from '../../../../shared/api/incidents.ts';
import { manualItemSchema } from '../../../../shared/api/manual-queue.ts';
import { escalationSteps } from '../../../../shared/api/sla.ts';
import { agentPresences } from '../../../../shared/api/wall.ts';
import {
  causes,
  hostStatuses,
  incidentKinds,
  incidentStates,
  layers,
  linkRoles,
  linkStatuses,
  priorities,
  severities,
} from '../../../../shared/words.ts';

describe('console words', () => {
  test.each([
    ['pt', pt],
    ['en', en],
  ])('%s has a word for each member of each closed set, and none to spare', (_, words) => {
    const sets: readonly (readonly [object, readonly string[]])[] = [
      [words.kind, incidentKinds],
      [words.cause, causes],
      [words.layer, layers],
      [words.severity, severities],
      [words.priority, priorities],
      [words.incidentState, incidentStates],
      [words.linkStatus, linkStatuses],
      [words.linkRole, linkRoles],
      [words.hostStatus, hostStatuses],
      [words.agent, agentPresences],
      [words.service.desk.delivery, deliveryStates],
      [words.service.desk.show, ticketFilters],
      [words.service.escalation.step, escalationSteps],
      [words.service.desk.task, manualItemSchema.shape.task.options],
      [words.service.manual.task, manualItemSchema.shape.task.options],
      [words.service.manual.uncertain, manualItemSchema.shape.task.options],
    ];
    for (const [table, members] of sets) expect(Object.keys(table).sort()).toEqual([...members].sort());
  });

  test('no text is empty', () => {
    const texts = (table: object): readonly unknown[] =>
      Object.values(table).flatMap((value) => (typeof value === 'object' ? texts(value) : [value]));
    for (const text of [...texts(pt), ...texts(en)]) expect(text).not.toBe('');
  });
});

describe('console colours', () => {
  const css = readFileSync(new URL('../../../../server/console/style/tokens.css', import.meta.url), 'utf8');
  const [dark = '', light = ''] = css.split('@media (prefers-color-scheme: light)');
  const grounds = ['ground', 'surface', 'raised'];
  const pairs: readonly (readonly [string, readonly string[]])[] = [
    ['text', [...grounds, 'down-ground', 'degraded-ground', 'up-ground']],
    ['muted', [...grounds, 'down-ground', 'up-ground', 'degraded-ground']],
    ['accent', [...grounds, 'down-ground']],
    ['down', [...grounds, 'down-ground']],
    ['unprotected', grounds],
    ['degraded', [...grounds, 'degraded-ground', 'down-ground']],
    ['notice', grounds],
    ['up', [...grounds, 'up-ground', 'down-ground']],
    ['unknown', grounds],
    ['on-accent', ['accent']],
  ];

  test.each([
    ['dark', dark],
    ['light', light],
  ])('every text colour of %s stands out from its ground by 4.5 to 1 or more', (_, block) => {
    for (const [text, on] of pairs) {
      for (const ground of on) {
        const ratio = contrast(token(block, text), token(block, ground));
        expect(ratio, `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

describe('console edges', () => {
  const css = readFileSync(new URL('../../../../server/console/style/tokens.css', import.meta.url), 'utf8');
  const [dark = '', light = ''] = css.split('@media (prefers-color-scheme: light)');

  test.each([
    ['dark', dark],
    ['light', light],
  ])('the edge of a field of %s stands out by 3 to 1 or more', (_, block) => {
    for (const ground of ['surface', 'raised']) {
      expect(contrast(token(block, 'field-line'), token(block, ground)), ground).toBeGreaterThanOrEqual(3);
    }
  });
});

function token(block: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(block)?.[1];
  if (found === undefined) throw new Error(`no colour named ${name}`);
  return found;
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((left, right) => right - left);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
