// The demonstration's command line, fleet and story as data: what a person may ask, and that the story holds together.
import { describe, expect, test } from 'vitest';
import { demoProviders, demoSites, inventoryDocument } from '../../../../server/demo/fleet.ts';
import { parseDemoOptions } from '../../../../server/demo/options.ts';
import { timetableText, welcomeText } from '../../../../server/demo/programme.ts';
import { scenes } from '../../../../server/demo/scenes.ts';
import { checkInventory } from '../../../../shared/inventory/check.ts';

describe('demo: command line', () => {
  test('without words it runs at the pace of life on port 8080 and opens the browser', () => {
    expect(parseDemoOptions([])).toEqual({ ok: true, value: { speed: 1, port: 8080, open: true } });
  });

  test('every option is taken', () => {
    const parsed = parseDemoOptions(['--speed', '2.5', '--port=9000', '--no-open']);
    expect(parsed).toEqual({ ok: true, value: { speed: 2.5, port: 9000, open: false } });
    expect(parseDemoOptions(['-h'])).toEqual({ ok: true, value: 'help' });
  });

  test('all mistakes are told together', () => {
    const parsed = parseDemoOptions(['--speed', '6', '--port', 'x', '--data', './data', '--no-open=1']);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    const paths = parsed.failure.issues?.map((issue) => issue.path);
    expect(paths).toEqual(['--data', './data', '--no-open', '--speed', '--port']);
  });

  test.each([['--speed', '0.5'], ['--speed'], ['--speed', '-1'], ['--port', '65536'], ['--port', '80.5']])(
    '%s %s is refused',
    (...words) => {
      expect(parseDemoOptions(words).ok).toBe(false);
    },
  );
});

describe('demo: fleet', () => {
  test('its inventory passes the check that every import passes', () => {
    const checked = checkInventory(inventoryDocument(demoSites));
    expect(checked.ok ? checked.value.customers.length : checked.failure.issues).toBe(60);
  });

  test('every site has two links of two providers, an address of its own for each, and an agent', () => {
    const addresses = demoSites.flatMap((site) => site.links.map((link) => link.publicAddress));
    expect(new Set(addresses).size).toBe(120);
    for (const site of demoSites) {
      expect(new Set(site.links.map((link) => link.provider)).size).toBe(2);
      expect(site.agents.length).toBeGreaterThan(0);
    }
    const used = new Set(demoSites.flatMap((site) => site.links.map((link) => link.provider)));
    expect([...used].sort()).toEqual(demoProviders.map((provider) => provider.key).sort());
  });
});

describe('demo: story', () => {
  test('every kind of incident that Vigia concludes is in it, and who plays is in the fleet', () => {
    const kinds = new Set(scenes.flatMap((scene) => scene.expects?.kind ?? []));
    expect([...kinds].sort()).toEqual([
      'agent-lost',
      'host-down',
      'link-degraded',
      'link-down',
      'own-outage',
      'provider-outage',
      'site-offline',
    ]);
    const customers = new Set(demoSites.map((site) => site.customer));
    for (const scene of scenes) {
      const who = scene.expects?.customer ?? scene.quiet;
      if (who !== undefined) expect(customers).toContain(who);
      expect(scene.expects === undefined).toBe(scene.quiet !== undefined);
    }
  });

  test('scenes follow each other, and the last begins early enough to be concluded within two minutes', () => {
    const times = scenes.map((scene) => scene.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(95);
  });

  test('the timetable names each scene once, at the time that passes, on lines a terminal holds', () => {
    const text = timetableText(2);
    const words = text.replace(/\s+/g, ' ');
    for (const scene of scenes) expect(words.split(scene.what)).toHaveLength(2);
    expect(text).toContain('  0:47  a internet do próprio NOC cai');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('the welcome names the address, the one-time link and the pace', () => {
    const text = welcomeText({
      url: 'http://x',
      signInLink: 'http://x/sign-in?token=t',
      customers: 60,
      speed: 2.5,
    });
    expect(text).toContain('Entrar:  http://x/sign-in?token=t');
    expect(text).toContain('2,5 vezes mais rápido');
    expect(welcomeText({ url: '', signInLink: '', customers: 60, speed: 1 })).not.toContain('vezes');
  });
});
