// Parses an inventory and reports EVERY mistake at once, each with its path. Nothing is half applied.
import type { z } from 'zod';
import { type Failure, failure, type Issue } from '../failure.ts';
import { fail, ok, type Result } from '../result.ts';
import { type InventoryDocument, inventorySchema } from './document.ts';

/** `raw` is what a YAML or JSON parser gave. Fails with `inventory.invalid` and all issues. */
export function checkInventory(raw: unknown): Result<InventoryDocument, Failure> {
  const parsed = inventorySchema.safeParse(raw);
  const issues = parsed.success ? [] : issuesOf(parsed.error);
  issues.push(...crossCheck(parsed.success ? parsed.data : raw));
  if (!parsed.success || issues.length > 0) {
    return fail(failure('inventory.invalid', `the inventory has ${issues.length} mistake(s)`, { issues }));
  }
  return ok(parsed.data);
}

/** zod's issues as `customers[0].sites[1].links[0].provider: ...`, with what was given where that helps. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        message: 'unknown field; check its spelling',
      }));
    }
    return [{ path: pathText(issue.path), message: issue.message }];
  });
}

export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? '(document)' : text;
}

type Loose = Record<string, unknown>;

/**
 * Rules between fields. Runs on the raw document too, so that a typing mistake in one place does not hide a
 * dangling reference in another; whatever has not the right shape is passed over, the schema has named it.
 */
function crossCheck(document: unknown): Issue[] {
  const issues: Issue[] = [];
  const root = asRecord(document);
  const providers = asRecords(root.providers);
  duplicateKeys(providers, 'providers', issues);
  const providerKeys = new Set(providers.map((provider) => provider.key));
  const customers = asRecords(root.customers);
  duplicateKeys(customers, 'customers', issues);
  duplicateCnpjs(customers, issues);
  customers.forEach((customer, c) => {
    const sites = asRecords(customer.sites);
    duplicateKeys(sites, `customers[${c}].sites`, issues);
    sites.forEach((site, s) => {
      checkSite({ site, path: `customers[${c}].sites[${s}]`, providerKeys, issues });
    });
  });
  return issues;
}

interface SiteCheck {
  readonly site: Loose;
  readonly path: string;
  readonly providerKeys: ReadonlySet<unknown>;
  readonly issues: Issue[];
}

function checkSite({ site, path, providerKeys, issues }: SiteCheck): void {
  const links = asRecords(site.links);
  duplicateKeys(links, `${path}.links`, issues);
  links.forEach((link, index) => {
    if (typeof link.provider === 'string' && !providerKeys.has(link.provider)) {
      issues.push({
        path: `${path}.links[${index}].provider`,
        message: `"${link.provider}" is no key of the document's providers`,
      });
    }
  });
  const hosts = asRecords(site.hosts);
  duplicateKeys(hosts, `${path}.hosts`, issues);
  const parents = new Map(hosts.map((host) => [host.key, host.parent]));
  const named = new Set<unknown>();
  hosts.forEach((host, index) => {
    const parent = host.parent;
    if (parent === undefined) return;
    const at = `${path}.hosts[${index}].parent`;
    if (!parents.has(parent))
      issues.push({ path: at, message: `"${String(parent)}" is no host of this site` });
    else circleIssue({ start: host.key, parents, at, named, issues });
  });
}

interface CircleCheck {
  readonly start: unknown;
  readonly parents: ReadonlyMap<unknown, unknown>;
  readonly at: string;
  /** Hosts of circles that were reported: each circle is named once, at its first host in the document. */
  readonly named: Set<unknown>;
  readonly issues: Issue[];
}

/** A host that is behind itself: `a -> b -> c -> a`, each arrow from a host to its parent. */
function circleIssue({ start, parents, at, named, issues }: CircleCheck): void {
  const chain: unknown[] = [start];
  let current = parents.get(start);
  while (current !== undefined && !chain.includes(current)) {
    chain.push(current);
    current = parents.get(current);
  }
  if (current !== start || named.has(start)) return;
  for (const host of chain) named.add(host);
  const circle = [...chain, start].map(String).join(' -> ');
  issues.push({ path: at, message: `the parents form a circle: ${circle}` });
}

function duplicateKeys(items: readonly Loose[], path: string, issues: Issue[]): void {
  const seen = new Map<unknown, number>();
  items.forEach((item, index) => {
    const key = item.key;
    if (typeof key !== 'string') return;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      issues.push({
        path: `${path}[${index}].key`,
        message: `"${key}" is already the key of ${path}[${first}]`,
      });
  });
}

function duplicateCnpjs(customers: readonly Loose[], issues: Issue[]): void {
  const seen = new Map<string, number>();
  customers.forEach((customer, index) => {
    if (typeof customer.cnpj !== 'string') return;
    const plain = customer.cnpj.replace(/[.\-/\s]/g, '').toUpperCase();
    const first = seen.get(plain);
    if (first === undefined) seen.set(plain, index);
    else issues.push({ path: `customers[${index}].cnpj`, message: `the same CNPJ as customers[${first}]` });
  });
}

function asRecord(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

function asRecords(value: unknown): Loose[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}
