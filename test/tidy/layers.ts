// The layer table: which folder may import which. A folder without an entry fails. ARCHITECTURE.md shows the same table.
import type { Source } from './sources.ts';

export interface Layer {
  readonly folder: string;
  /** Folders (or files) of the project it may import, itself always among them. */
  readonly mayImport: readonly string[];
  readonly pure: boolean;
  /** Packages it may import; undefined = any. `node:` counts as a package name. */
  readonly packages?: readonly string[];
}

/** The first entry whose folder holds a file is its layer. */
export const layers: readonly Layer[] = [
  { folder: 'shared/icmp', mayImport: ['shared'], pure: false, packages: ['koffi', 'node:'] },
  { folder: 'shared', mayImport: ['shared'], pure: true, packages: ['zod'] },
  { folder: 'agent/core', mayImport: ['shared', 'agent/core'], pure: true, packages: [] },
  { folder: 'agent/probes', mayImport: ['shared', 'agent/probes'], pure: false },
  { folder: 'agent/shell', mayImport: ['shared', 'agent/core', 'agent/probes', 'agent/shell'], pure: false },
  { folder: 'agent/pack', mayImport: ['shared', 'agent/pack'], pure: false },
  { folder: 'agent', mayImport: ['shared', 'agent'], pure: false },
  { folder: 'server/core', mayImport: ['shared', 'server/core'], pure: true, packages: [] },
  { folder: 'server/ports', mayImport: ['shared', 'server/core', 'server/ports'], pure: false, packages: [] },
  {
    folder: 'server/shell',
    mayImport: ['shared', 'server/core', 'server/ports', 'server/shell'],
    pure: false,
  },
  {
    folder: 'server/adapters',
    mayImport: ['shared', 'server/core', 'server/ports', 'server/adapters'],
    pure: false,
  },
  { folder: 'server/console', mayImport: ['shared', 'server/console'], pure: false },
  { folder: 'server', mayImport: ['shared', 'server'], pure: false },
  { folder: 'test', mayImport: ['shared', 'agent', 'server', 'test'], pure: false },
];

export function layerOf(path: string): Layer | undefined {
  return layers.find((layer) => path.startsWith(`${layer.folder}/`));
}

export function layerViolations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const layer = layerOf(source.path);
    if (layer === undefined) return [`${source.path}: its folder has no entry in the layer table`];
    return source.imports.flatMap((each) => {
      if (each.target !== undefined) return wrongTarget(source, layer, each.target);
      return wrongPackage(source, layer, each.name);
    });
  });
}

function wrongTarget(source: Source, layer: Layer, target: string): string[] {
  // The version stands in package.json, once.
  const version = target === 'package.json' && /^(agent|server)\/version\.ts$/.test(source.path);
  const allowed = version || layer.mayImport.some((folder) => target.startsWith(`${folder}/`));
  if (!allowed) return [`${source.path}: ${layer.folder} may not import ${target}`];
  if (layer.folder === 'server' && target.startsWith('server/console/'))
    return [`${source.path}: ${target} is the browser's`];
  const adapter = /^server\/adapters\/(sqlite|memory|(?:desks|channels)\/[^/]+)\//;
  const own = adapter.exec(source.path)?.[1];
  const other = adapter.exec(target)?.[1];
  // `http` is how all desks, or all channels, speak; it knows none of them itself.
  const shared = own === undefined ? undefined : `${own.split('/')[0]}/http`;
  if (own !== undefined && other !== undefined && own !== other && other !== shared) {
    return [`${source.path}: one adapter may not import another (${target})`];
  }
  // Pure folders do not lean on the one room of `shared` that touches the world.
  if (layer.pure && target.startsWith('shared/icmp/')) return [`${source.path}: ${target} touches the world`];
  return [];
}

function wrongPackage(source: Source, layer: Layer, name: string): string[] {
  if (layer.packages === undefined) return [];
  const allowed = layer.packages.some(
    (each) => name === each || (each === 'node:' && name.startsWith('node:')),
  );
  return allowed ? [] : [`${source.path}: ${layer.folder} may not import the package ${name}`];
}

/** Import circles among files, each named once. Type-only imports do not run and do not count. */
export function cycles(sources: readonly Source[]): string[] {
  const graph = new Map(
    sources.map((source) => [
      source.path,
      source.imports.filter((each) => !each.typeOnly).flatMap((each) => each.target ?? []),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) {
      found.push([...trail.slice(seenAt), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}

/** Source files that nothing imports and nobody starts. */
export function deadFiles(sources: readonly Source[], entries: readonly string[]): string[] {
  const imported = new Set(sources.flatMap((source) => source.imports.flatMap((each) => each.target ?? [])));
  return sources
    .map((source) => source.path)
    .filter((path) => !imported.has(path) && !entries.includes(path) && !path.endsWith('.test.ts'))
    .filter((path) => !isStarted(path, sources));
}

/** A test's child program is named by its path in the file that starts it. */
function isStarted(path: string, sources: readonly Source[]): boolean {
  if (!path.startsWith('test/')) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  // With or without its ending: some starters add it.
  const quoted = new RegExp(`['\`/]${name.replace(/\.ts$/, '')}(\\.ts)?['\`]`);
  return sources.some((source) => source.path !== path && quoted.test(source.text));
}

/** Files of production code that only tests import. */
export function testOnlyFiles(sources: readonly Source[], entries: readonly string[]): string[] {
  const production = sources.filter((source) => !source.path.startsWith('test/'));
  return deadFiles(production, entries);
}
