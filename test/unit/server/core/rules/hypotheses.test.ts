// The weighing by itself: what stands, what is refused and why, and when nothing can be said.
import { describe, expect, it } from 'vitest';
import type { Witness } from '../../../../../server/core/incident.ts';
import {
  confidenceOf,
  settle,
  weigh,
  weighAllLinks,
  weighHost,
  weighLink,
  weighLoneMachine,
  weighOverdue,
  weighSilentSite,
} from '../../../../../server/core/rules/hypotheses.ts';

const silent = (who: string): Witness => ({ source: 'silence', who, says: 'agent-silent' });
const reaches: Witness = { source: 'neighbour', who: 'srv-ad', says: 'host-reachable' };
const cannotReach: Witness = { source: 'neighbour', who: 'srv-ad', says: 'host-unreachable' };
const closed: Witness = { source: 'session', who: 'srv-erp', says: 'session-closed-by-peer' };
const dead = (who: string): Witness => ({ source: 'outside-in', who, says: 'address-silent' });
const answers: Witness = { source: 'outside-in', who: 'vivo', says: 'address-answers' };
const linkDown: Witness = { source: 'link-verdict', who: 'srv-ad', says: 'link-down' };

describe('weighing', () => {
  it('says unknown when everything is refused', () => {
    const hypotheses = [{ kind: 'host-down', pro: [silent('a')], contra: ['goodbye-was-said'] }] as const;
    expect(weigh({ hypotheses, heard: [] })).toBeUndefined();
  });

  it('says unknown when nothing speaks for what nothing refuses', () => {
    expect(weigh({ hypotheses: [{ kind: 'host-down', pro: [], contra: [] }], heard: [] })).toBeUndefined();
  });

  it('takes the nearest cause of two that stand, and tells the strongest reason against each other one', () => {
    const pro = [silent('a')];
    const verdict = weigh({
      hypotheses: [
        { kind: 'own-outage', pro, contra: ['own-anchors-answer', 'agent-is-alive'] },
        { kind: 'site-offline', pro, contra: [] },
        { kind: 'host-down', pro, contra: [] },
      ],
      heard: pro,
    });
    expect(verdict).toMatchObject({
      kind: 'site-offline',
      refused: [{ kind: 'own-outage', because: 'own-anchors-answer' }],
    });
  });

  it('takes two words of one mouth for one witness, and a word about the own link for proof', () => {
    expect(confidenceOf([silent('srv-erp'), closed])).toBe('single');
    expect(confidenceOf([silent('srv-erp'), cannotReach])).toBe('confirmed');
    expect(confidenceOf([linkDown])).toBe('confirmed');
  });
});

describe('weighing a host', () => {
  it('a silent agent whose neighbour still reaches the machine is a lost agent', () => {
    const verdict = weighHost({ silence: silent('srv-erp'), neighbour: reaches, heard: [] });
    expect(verdict).toMatchObject({
      kind: 'agent-lost',
      confidence: 'confirmed',
      refused: [
        { kind: 'site-offline', because: 'other-agent-is-alive' },
        { kind: 'host-down', cause: 'planned', because: 'no-goodbye-was-said' },
        { kind: 'host-down', because: 'neighbour-reaches-host' },
      ],
    });
  });

  it('a silent agent whose neighbours cannot reach the machine is a dead machine, by two witnesses', () => {
    const verdict = weighHost({ silence: silent('srv-erp'), neighbour: cannotReach, heard: [] });
    expect(verdict).toMatchObject({ kind: 'host-down', confidence: 'confirmed' });
    expect(verdict?.refused).toContainEqual({ kind: 'agent-lost', because: 'no-neighbour-reaches-host' });
  });

  it('a neighbour that cannot reach it outweighs a socket closed by its kernel a moment before', () => {
    const verdict = weighHost({
      silence: silent('srv-erp'),
      neighbour: cannotReach,
      closedByKernel: closed,
      heard: [],
    });
    expect(verdict?.kind).toBe('host-down');
  });

  it('a socket closed by its own kernel, and nobody to ask: a lost agent, by one witness', () => {
    const verdict = weighHost({ silence: silent('srv-erp'), closedByKernel: closed, heard: [] });
    expect(verdict).toMatchObject({ kind: 'agent-lost', confidence: 'single' });
    expect(verdict?.refused).toContainEqual({ kind: 'host-down', because: 'its-kernel-closed-the-socket' });
  });

  it('a machine without an agent cannot have said goodbye: nobody is told that it did not', () => {
    const verdict = weighHost({ neighbour: cannotReach, heard: [] });
    expect(verdict).toMatchObject({ kind: 'host-down', confidence: 'single' });
    expect(verdict?.refused).toEqual([{ kind: 'site-offline', because: 'other-agent-is-alive' }]);
  });
});

describe('weighing a silent site', () => {
  it('leaves the cause open between links and power', () => {
    const verdict = weighSilentSite({
      silences: [silent('a'), silent('b')],
      deadAddresses: [dead('vivo'), dead('claro')],
      livingAddresses: [],
      linkCount: 2,
      agentCount: 2,
    });
    expect(verdict).toMatchObject({
      kind: 'site-offline',
      confidence: 'confirmed',
      undecided: ['links', 'power'],
    });
    expect(verdict?.refused).toContainEqual({ kind: 'link-down', because: 'no-address-answers' });
  });

  it('with one link does not pretend to know the link from the site', () => {
    const verdict = weighSilentSite({
      silences: [silent('a')],
      deadAddresses: [],
      livingAddresses: [],
      linkCount: 1,
      agentCount: 1,
    });
    expect(verdict).toMatchObject({ kind: 'site-offline', confidence: 'single' });
    expect(verdict?.refused).toContainEqual({ kind: 'link-down', because: 'only-one-link' });
    expect(verdict?.refused).toContainEqual({ kind: 'host-down', because: 'no-neighbour-can-tell' });
  });

  it('takes one silent machine behind a router that answers for the machine', () => {
    const verdict = weighLoneMachine({ silence: silent('a'), addresses: [answers] });
    expect(verdict).toMatchObject({ kind: 'host-down', confidence: 'single', witnesses: [{}, answers] });
    expect(verdict?.refused).toContainEqual({ kind: 'site-offline', because: 'address-answers' });
  });
});

describe('weighing a link', () => {
  it('direct words refuse the blindness of Vigia itself', () => {
    const verdict = weighLink({ kind: 'link-down', pro: [linkDown], context: [] });
    expect(verdict?.refused).toContainEqual({ kind: 'own-outage', because: 'agent-saw-it-itself' });
  });

  it('all links down by the word of a living agent is the site, and not a power cut', () => {
    const verdict = weighAllLinks([linkDown]);
    expect(verdict?.kind).toBe('site-offline');
    expect(verdict?.refused).toContainEqual({
      kind: 'site-offline',
      cause: 'power',
      because: 'agent-is-alive',
    });
  });
});

describe('settling', () => {
  const open = weighSilentSite({
    silences: [silent('a')],
    deadAddresses: [dead('vivo')],
    livingAddresses: [],
    linkCount: 1,
    agentCount: 1,
  });

  it('a known cause refuses the other one by what told it', () => {
    if (open === undefined) throw new Error('a silent site has a verdict');
    const booted: Witness = { source: 'boot-record', who: 'a', says: 'booted-between' };
    const power = settle(open, 'power', booted);
    expect(power.undecided).toBeUndefined();
    expect(power.refused).toContainEqual({
      kind: 'site-offline',
      cause: 'links',
      because: 'machine-stopped',
    });
    const links = settle(open, 'links', linkDown);
    expect(links.refused).toContainEqual({ kind: 'site-offline', cause: 'power', because: 'machine-ran-on' });
    // A second word adds nothing: nothing is open any more.
    expect(settle(links, 'links', linkDown)).toBe(links);
  });

  it('a machine overdue after a goodbye is not its program, unless somebody reaches it', () => {
    const goodbye: Witness = { source: 'goodbye', who: 'a', says: 'agent-said-goodbye' };
    expect(weighOverdue(goodbye, undefined, false)).toMatchObject({
      kind: 'host-down',
      confidence: 'single',
    });
    expect(weighOverdue(goodbye, reaches, true)).toMatchObject({
      kind: 'agent-lost',
      confidence: 'confirmed',
    });
  });
});
