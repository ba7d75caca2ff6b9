// One round -> one sight: k of n, layers, and what proves nothing.
import { describe, expect, test } from 'vitest';
import type { TargetResult } from '../../../../agent/core/input.ts';
import {
  endToEndProof,
  gatewayAnswers,
  type RoundContext,
  readRound,
} from '../../../../agent/core/judge-link.ts';
import type { TargetRole } from '../../../../shared/words.ts';

const context: RoundContext = {
  anchorsNeeded: 1,
  bound: false,
  onlyWay: false,
  gatewayAnswered: true,
  lanSilent: false,
  isProviders: () => true,
  slow: true,
  endToEnd: undefined,
};
const target = (role: TargetRole, answers: boolean, more: Partial<TargetResult> = {}): TargetResult => ({
  target: `${role}-${Object.keys(more).length}`,
  role,
  method: 'icmp',
  sent: 1,
  lost: answers ? 0 : 1,
  ...more,
});
const gateway = (answers: boolean) => target('gateway', answers);
const anchors = (...answers: boolean[]) => answers.map((each) => target('anchor', each));
const dns = (answers: boolean) => target('dns', answers);
const http = (said: TargetResult['http']) => target('http', said === 'no-content', { http: said });

describe('a round', () => {
  test('is good when enough anchors answer, whatever the gateway does', () => {
    expect(readRound([gateway(false), ...anchors(true, false, false)], context)).toMatchObject({
      seen: 'up',
    });
  });

  test('is bad when fewer anchors answer than needed', () => {
    expect(
      readRound([gateway(true), ...anchors(true, false, false)], { ...context, anchorsNeeded: 2 }),
    ).toMatchObject({ seen: 'down', layer: 'provider' });
  });

  test('is good with all pings lost when the page came by this very link', () => {
    const filtered = [gateway(true), ...anchors(false, false, false)];
    const only = { ...context, onlyWay: true };
    expect(readRound([...filtered, dns(true), http('no-content')], only)).toMatchObject({ seen: 'up' });
    // By another link, behind a portal, not at all: nothing is proved.
    expect(readRound([...filtered, http('no-content')], context)).toMatchObject({ seen: 'down' });
    expect(readRound([...filtered, http('redirected')], only)).toMatchObject({ seen: 'down' });
    expect(readRound([...filtered, http('failed')], only)).toMatchObject({ seen: 'down' });
    expect(readRound([...filtered, dns(true)], only)).toMatchObject({ seen: 'down' });
    expect(readRound([...filtered, dns(false), http('no-content')], only)).toMatchObject({
      seen: 'degraded',
      layer: 'dns',
    });
  });

  test('needs no more anchors than were asked', () => {
    expect(readRound(anchors(true), { ...context, anchorsNeeded: 2 })).toMatchObject({ seen: 'up' });
  });

  test('blames the gateway only when it has answered before', () => {
    const dead = [gateway(false), ...anchors(false, false)];
    expect(readRound(dead, context)).toMatchObject({ layer: 'gateway' });
    expect(readRound(dead, { ...context, gatewayAnswered: false })).toMatchObject({ layer: 'provider' });
  });

  test('does not blame a gateway through which something answered', () => {
    const partly = [gateway(false), ...anchors(true, false, false)];
    expect(readRound(partly, { ...context, anchorsNeeded: 2 })).toMatchObject({ layer: 'provider' });
  });

  test('blames the provider while any of its learned routers is silent, the internet when all answer', () => {
    const layerWith = (...hops: readonly boolean[]): unknown =>
      readRound([gateway(true), ...hops.map((good) => target('hop', good)), ...anchors(false)], context);
    expect(layerWith()).toMatchObject({ layer: 'provider' });
    expect(layerWith(true)).toMatchObject({ layer: 'provider' });
    expect(layerWith(true, false)).toMatchObject({ layer: 'provider' });
    expect(layerWith(true, true)).toMatchObject({ layer: 'internet' });
  });

  test('blames the LAN when nothing could even leave', () => {
    const unplugged = [gateway(false), ...anchors(false, false)].map((each) => ({
      ...each,
      local: 'interface-down' as const,
    }));
    expect(readRound(unplugged, context)).toMatchObject({ seen: 'down', layer: 'lan' });
  });

  test('blames the LAN also when the resolver cannot say why nothing left', () => {
    const unplugged = anchors(false, false).map((each) => ({ ...each, local: 'no-route' as const }));
    expect(readRound([...unplugged, dns(false), http('failed')], context)).toMatchObject({ layer: 'lan' });
  });

  test('is unmeasurable when the source address is not on this machine', () => {
    const foreign = anchors(false, false).map((each) => ({
      ...each,
      sent: 0,
      lost: 0,
      local: 'no-address' as const,
    }));
    expect(readRound(foreign, { ...context, bound: true })).toBe('unmeasurable');
    expect(readRound(foreign, context)).toMatchObject({ layer: 'lan' });
  });

  test('says nothing when no anchor was asked', () => {
    expect(readRound([gateway(true)], context)).toBe('empty');
    expect(readRound([target('anchor', false, { sent: 0, lost: 0 })], context)).toBe('empty');
    expect(readRound([], context)).toBe('empty');
    // Not even a dead cable: with no anchor to answer, nothing could ever call the link up again.
    const unsent = target('gateway', false, { sent: 0, lost: 0, local: 'no-route' });
    expect(readRound([unsent], context)).toBe('empty');
  });
});

describe('above the anchors', () => {
  test('every DNS target dead is degraded, one alive is not', () => {
    expect(readRound([...anchors(true), dns(false), dns(false)], context)).toMatchObject({
      seen: 'degraded',
      layer: 'dns',
    });
    expect(readRound([...anchors(true), dns(false), dns(true)], context)).toEqual({
      seen: 'up',
      proves: 'all',
    });
  });

  test('a page that redirects is a captive portal, a page that fails proves nothing', () => {
    expect(readRound([...anchors(true), dns(true), http('redirected')], context)).toMatchObject({
      seen: 'degraded',
      layer: 'captive-portal',
    });
    expect(readRound([...anchors(true), dns(true), http('failed')], context)).toEqual({
      seen: 'up',
      proves: 'dns',
    });
    expect(readRound([...anchors(true), dns(true), http('no-content')], context)).toEqual({
      seen: 'up',
      proves: 'all',
    });
  });

  test('a quick round proves nothing about DNS and page', () => {
    expect(readRound(anchors(true), { ...context, slow: false })).toEqual({ seen: 'up', proves: 'nothing' });
  });
});

test('only the gateway of the assignment counts as answering', () => {
  expect(gatewayAnswers([gateway(true)], 'gateway-0')).toBe(true);
  expect(gatewayAnswers([gateway(true)], '10.0.0.1')).toBe(false);
  expect(gatewayAnswers([gateway(true)], undefined)).toBe(false);
});

describe('anchors that only accept TCP connections', () => {
  const accepted = [gateway(true), target('anchor', true, { method: 'tcp' })];

  test('prove nothing while neither a name nor the page comes back: a proxy in the path accepts everything', () => {
    expect(readRound(accepted, { ...context, endToEnd: false })).toMatchObject({
      seen: 'down',
      layer: 'provider',
    });
  });

  test('count when a name or the page came back, and before anything was asked', () => {
    expect(readRound(accepted, { ...context, endToEnd: true })).toMatchObject({ seen: 'up' });
    expect(readRound(accepted, { ...context, endToEnd: undefined })).toMatchObject({ seen: 'up' });
  });

  test('need no such proof beside one that answers ICMP', () => {
    const both = [...accepted, ...anchors(true)];
    expect(readRound(both, { ...context, endToEnd: false })).toMatchObject({ seen: 'up' });
  });

  test('the proof is a name or the page; a round that did not ask proves neither way', () => {
    expect(endToEndProof([dns(false), http('no-content')])).toBe(true);
    expect(endToEndProof([dns(true), http('failed')])).toBe(true);
    expect(endToEndProof([dns(false), http('failed')])).toBe(false);
    expect(endToEndProof(accepted)).toBeUndefined();
  });
});
