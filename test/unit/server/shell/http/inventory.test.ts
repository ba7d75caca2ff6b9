// PUT and GET /inventory.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { limits } from '../../../../../shared/limits.ts';
import { auroraMatriz, bearer, importInventory, inventoryYaml, startHarness } from './harness.ts';

const url = '/api/v1/inventory';
const asJson = { ...bearer, 'content-type': 'application/json' };

describe('import', () => {
  test('a first import creates, the same again changes nothing and tells the correlator nothing', async () => {
    const harness = await startHarness();
    const first = await importInventory(harness);
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ created: 8, updated: 0, retired: 0, unchanged: 0, dryRun: false });
    expect(harness.runtime.correlator.state().topology.sites.get(auroraMatriz)?.name).toBe('Matriz');
    const told = harness.inputs.length;
    const second = await importInventory(harness);
    expect(second.json()).toMatchObject({ created: 0, updated: 0, retired: 0, unchanged: 8, items: [] });
    expect(harness.inputs.length).toBe(told);
  });

  test('JSON says the same as YAML', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const payload = JSON.stringify(parse(inventoryYaml));
    const answer = await harness.api.inject({ method: 'PUT', url, headers: asJson, payload });
    expect(answer.json()).toMatchObject({ created: 0, unchanged: 8 });
  });

  test('a dry run reports and keeps nothing', async () => {
    const harness = await startHarness();
    const answer = await harness.api.inject({
      method: 'PUT',
      url: `${url}?dryRun=true`,
      headers: { ...bearer, 'content-type': 'text/yaml' },
      payload: inventoryYaml,
    });
    expect(answer.json()).toMatchObject({ created: 8, dryRun: true });
    expect(harness.registry.inventory()).toBeUndefined();
    expect(harness.runtime.correlator.state().topology.sites.size).toBe(0);
  });

  test('what is gone is retired and counted by kind', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const without = inventoryYaml
      .replace(/ +- \{ key: srv-erp.*\n/, '')
      .replace('key: claro, name: Claro', 'key: claro, name: Claro Brasil');
    const answer = (await importInventory(harness, without)).json();
    expect(answer).toMatchObject({ created: 0, updated: 1, retired: 1, unchanged: 6 });
    expect(answer.kinds.hosts).toEqual({ created: 0, updated: 0, retired: 1, unchanged: 1 });
    expect(answer.items).toEqual([
      { kind: 'providers', id: 'claro', change: 'updated' },
      { kind: 'hosts', id: 'aurora/matriz/srv-erp', change: 'retired' },
    ]);
  });

  test('all mistakes come back at once with their paths, and nothing is applied', async () => {
    const harness = await startHarness();
    const broken = inventoryYaml
      .replace('11.222.333/0001-81', '11.222.333/0001-82')
      .replace('provider: claro, role: backup', 'provider: oi, role: spare')
      .replace('state: SP', 'state: XX');
    const answer = await importInventory(harness, broken);
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.code).toBe('inventory.invalid');
    const paths = answer.json().error.issues.map((issue: { path: string }) => issue.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'customers[0].cnpj',
        'customers[0].sites[0].state',
        'customers[0].sites[0].links[1].role',
        'customers[0].sites[0].links[1].provider',
      ]),
    );
    expect(harness.registry.inventory()).toBeUndefined();
  });

  test.each([
    ['YAML that does not parse', 'application/yaml', 'a: [', 422],
    ['the same key twice', 'application/yaml', 'version: 1\nversion: 1', 422],
    ['a bomb of aliases', 'application/yaml', aliasBomb(), 422],
    ['JSON that does not parse', 'application/json', '{', 400],
    ['nothing', 'application/json', '', 422],
    ['an unknown media type', 'text/csv', 'a,b', 415],
  ])('%s is refused', async (_what, type, payload, status) => {
    const harness = await startHarness();
    const headers = { ...bearer, 'content-type': type };
    const answer = await harness.api.inject({ method: 'PUT', url, headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.message).not.toBe('');
  });

  test('a body past the limit is refused as too large, on other routes much sooner', async () => {
    const harness = await startHarness();
    const payload = `# ${'x'.repeat(limits.bodyBytesMax)}`;
    expect((await importInventory(harness, payload)).statusCode).toBe(413);
    const small = await harness.api.inject({
      method: 'POST',
      url: '/api/v1/sign-in-links',
      headers: asJson,
      payload: JSON.stringify({ name: 'x'.repeat(limits.smallBodyBytesMax) }),
    });
    expect([small.statusCode, small.json().error.code]).toEqual([413, 'wire.too-large']);
  });

  test('two imports at once are done one after the other', async () => {
    const harness = await startHarness();
    const [first, second] = await Promise.all([importInventory(harness), importInventory(harness)]);
    expect([first.json().created, second.json().created]).toEqual([8, 0]);
  });

  test('a crash between commit and saving heals with the same import', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const later = inventoryYaml.replace('name: Matriz', 'name: Centro');
    const save = harness.registry.saveInventory;
    harness.registry.saveInventory = () => {
      throw new Error('power cut');
    };
    expect((await importInventory(harness, later)).statusCode).toBe(500);
    harness.registry.saveInventory = save;
    expect((await importInventory(harness, later)).json()).toMatchObject({ updated: 1 });
    expect((await importInventory(harness, later)).json()).toMatchObject({ updated: 0, unchanged: 8 });
  });
});

describe('export', () => {
  test('the document comes back as JSON or YAML and can be imported again', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const json = await harness.api.inject({ url, headers: bearer });
    expect(json.headers['content-type']).toContain('application/json');
    expect(json.json().customers[0].cnpj).toBe('11.222.333/0001-81');
    const yaml = await harness.api.inject({ url, headers: { ...bearer, accept: 'application/yaml' } });
    expect(yaml.headers['content-type']).toContain('application/yaml');
    expect(parse(yaml.body)).toEqual(json.json());
    expect((await importInventory(harness, yaml.body)).json()).toMatchObject({ created: 0, unchanged: 8 });
  });

  test('before any import there is an empty document', async () => {
    const { api } = await startHarness();
    const answer = await api.inject({ url, headers: bearer });
    expect(answer.json()).toEqual({ version: 1, providers: [], customers: [] });
  });
});

function aliasBomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n += 1) lines.push(`a${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}*a${n - 1}]`);
  return lines.join('\n');
}

describe('two people at once', () => {
  const put = async (
    harness: Awaited<ReturnType<typeof startHarness>>,
    ifMatch: string,
    { payload = inventoryYaml, query = '' } = {},
  ) =>
    await harness.api.inject({
      method: 'PUT',
      url: `${url}${query}`,
      headers: { ...bearer, 'content-type': 'application/yaml', 'if-match': ifMatch },
      payload,
    });
  const tagOf = async (harness: Awaited<ReturnType<typeof startHarness>>, accept = 'application/json') =>
    String((await harness.api.inject({ url, headers: { ...bearer, accept } })).headers.etag);
  const renamed = inventoryYaml.replace('Padaria Aurora', 'Padaria Aurora e Filhos');

  test('an import made from an older version is refused with 412, a dry run too, and nothing changes', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const read = await tagOf(harness);
    await importInventory(harness, renamed);
    for (const query of ['', '?dryRun=true']) {
      const late = await put(harness, read, { query });
      expect(late.statusCode).toBe(412);
      expect(late.json().error.code).toBe('conflict');
    }
    expect(harness.registry.inventory()?.customers[0]?.name).toBe('Padaria Aurora e Filhos');
  });

  test('two imports from one version: the second is refused, however close they come', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const read = await tagOf(harness);
    const answers = await Promise.all([put(harness, read, { payload: renamed }), put(harness, read)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 412]);
    expect(harness.registry.inventory()?.customers[0]?.name).toBe('Padaria Aurora e Filhos');
  });

  test('each answer names the version that now is, so that one may go on editing; YAML and JSON name the same', async () => {
    const harness = await startHarness();
    const empty = await tagOf(harness);
    const first = await put(harness, empty);
    expect(first.statusCode).toBe(200);
    expect(first.headers.etag).toBe(await tagOf(harness, 'application/yaml'));
    expect((await put(harness, String(first.headers.etag), { payload: renamed })).statusCode).toBe(200);
    expect(await tagOf(harness)).not.toBe(first.headers.etag);
  });

  test('a star allows any version, a list any of its tags, a weak tag none', async () => {
    const harness = await startHarness();
    await importInventory(harness);
    const read = await tagOf(harness);
    const status = async (ifMatch: string) => (await put(harness, ifMatch)).statusCode;
    expect(await status('*')).toBe(200);
    expect(await status(`"other", ${read}`)).toBe(200);
    expect(await status(`W/${read}`)).toBe(412);
    expect(await status('nonsense')).toBe(412);
  });
});
