// Where the things of one site stand in its drawing. Pure geometry: no state, no words, no browser. Two ways: `wide` from left
// to right (provider - link - site - machines behind one another), `narrow` as a tree from the site down. Boxes never overlap,
// and a line never runs through a box. Units are CSS pixels at a root size of 16.

export interface TopologyLink {
  readonly key: string;
  readonly provider: string;
  readonly carries: boolean;
}

export interface TopologyHost {
  readonly key: string;
  /** The machine it hangs behind; one that is not among the hosts counts as none. */
  readonly parent: string | undefined;
}

export interface TopologyThings {
  readonly links: readonly TopologyLink[];
  readonly hosts: readonly TopologyHost[];
}

export type BoxKind = 'provider' | 'link' | 'site' | 'host';

export interface Box {
  /** Unique in the drawing. */
  readonly id: string;
  readonly kind: BoxKind;
  /** Of the thing itself. */
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly id: string;
  readonly path: string;
  /** The traffic goes this way now. */
  readonly carries: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export const boxHeight = 52;
const gapY = 12;
const gapX = 40;
/** Room for the line that leads over a group of several columns. */
const busRoom = 16;
const widths = { provider: 170, link: 190, site: 180, host: 180 } as const satisfies Record<BoxKind, number>;
const margin = 4;

interface Tree {
  readonly key: string;
  readonly children: readonly Tree[];
}

interface Drawing {
  readonly boxes: Box[];
  readonly lines: Line[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From left to right; machines without others behind them stand in up to three columns where `available` px allow. */
export function wideLayout(things: TopologyThings, available: number): Layout {
  const drawing: Drawing = { boxes: [], lines: [] };
  const trees = treesOf(things.hosts);
  const links = byProvider(things.links);
  const siteX = margin + (links.length === 0 ? 0 : widths.provider + widths.link + 2 * gapX);
  const hostsX = siteX + widths.site + gapX;
  const hosts: Slot = { x: hostsX, available };
  const hostsHeight = heightOf(trees, hosts);
  const linksHeight = stackHeight(links.length);
  const height = Math.max(hostsHeight, linksHeight, boxHeight) + 2 * margin;
  const middle = height / 2;
  const site = box({ id: 'site', kind: 'site', key: '', x: siteX, y: middle - boxHeight / 2 });
  drawing.boxes.push(site);
  placeLinks(drawing, { links, top: middle - linksHeight / 2, siteX, middle });
  placeGroup(drawing, {
    trees,
    slot: hosts,
    top: middle - hostsHeight / 2,
    from: { x: siteX + widths.site, y: middle },
    parent: 'site',
  });
  const width = Math.max(...drawing.boxes.map((each) => each.x + each.width)) + margin;
  return stretched({ width, height, ...drawing }, Math.min(stretchMax, Math.max(1, available / width)));
}

/** Names want room, and a drawing that stands lost in the middle wastes it. */
const stretchMax = 1.4;

/** Wider by this factor, boxes and gaps alike; heights stay. */
function stretched(layout: Layout, factor: number): Layout {
  return {
    width: layout.width * factor,
    height: layout.height,
    boxes: layout.boxes.map((each) => ({ ...each, x: each.x * factor, width: each.width * factor })),
    // After M and H stands an x, after V none.
    lines: layout.lines.map((line) => ({
      ...line,
      path: line.path.replace(/([MH])(-?[\d.]+)/g, (_, letter, x) => `${letter}${Number(x) * factor}`),
    })),
  };
}

function box(given: Omit<Box, 'width' | 'height'>): Box {
  return { ...given, width: widths[given.kind], height: boxHeight };
}

function stackHeight(count: number): number {
  return count === 0 ? 0 : count * boxHeight + (count - 1) * gapY;
}

/** Links of one provider beside each other, providers in the order in which they first occur: lines then never cross. */
function byProvider(links: readonly TopologyLink[]): readonly TopologyLink[] {
  const providers = [...new Set(links.map((link) => link.provider))];
  return providers.flatMap((provider) => links.filter((link) => link.provider === provider));
}

function placeLinks(
  drawing: Drawing,
  at: {
    readonly links: readonly TopologyLink[];
    readonly top: number;
    readonly siteX: number;
    readonly middle: number;
  },
): void {
  const linkX = margin + widths.provider + gapX;
  const ways = new Map<string, { readonly y: number; readonly carries: boolean }[]>();
  at.links.forEach((link, index) => {
    const y = at.top + index * (boxHeight + gapY);
    const centre = y + boxHeight / 2;
    drawing.boxes.push(box({ id: `link:${link.key}`, kind: 'link', key: link.key, x: linkX, y }));
    drawing.lines.push({
      id: `link:${link.key}>site`,
      path: elbow({ x: linkX + widths.link, y: centre }, { x: at.siteX, y: at.middle }),
      carries: link.carries,
    });
    ways.set(link.provider, [...(ways.get(link.provider) ?? []), { y: centre, carries: link.carries }]);
  });
  for (const [provider, to] of ways) {
    const centre = to.reduce((sum, { y }) => sum + y, 0) / to.length;
    const id = `provider:${provider}`;
    drawing.boxes.push(box({ id, kind: 'provider', key: provider, x: margin, y: centre - boxHeight / 2 }));
    for (const { y, carries } of to) {
      const path = elbow({ x: margin + widths.provider, y: centre }, { x: linkX, y });
      drawing.lines.push({ id: `${id}>${y}`, path, carries });
    }
  }
}

/** Out to the middle of the gap before the target, along it, and in. */
function elbow(from: Point, to: Point): string {
  const trunk = to.x - gapX / 2;
  return from.y === to.y ? `M${from.x} ${from.y}H${to.x}` : `M${from.x} ${from.y}H${trunk}V${to.y}H${to.x}`;
}

/** A machine in a circle of parents, or behind one that is not there, hangs behind the site itself. */
function treesOf(hosts: readonly TopologyHost[]): readonly Tree[] {
  const parents = new Map(hosts.map((host) => [host.key, host.parent]));
  const root = (host: TopologyHost): boolean => {
    if (host.parent === undefined || !parents.has(host.parent)) return true;
    const seen = new Set<string>();
    let current: string | undefined = host.key;
    while (current !== undefined && parents.has(current) && !seen.has(current)) {
      seen.add(current);
      current = parents.get(current);
    }
    return current === host.key;
  };
  const roots = hosts.filter(root);
  const isRoot = new Set(roots.map((host) => host.key));
  const tree = (host: TopologyHost): Tree => ({
    key: host.key,
    children: hosts.filter((each) => each.parent === host.key && !isRoot.has(each.key)).map(tree),
  });
  return roots.map(tree);
}

/** Where a group begins, and where the drawing should end. */
interface Slot {
  readonly x: number;
  readonly available: number;
}

function behind({ x, available }: Slot): Slot {
  return { x: x + widths.host + gapX, available };
}

interface Split {
  readonly branches: readonly Tree[];
  readonly leaves: readonly Tree[];
  readonly columns: number;
  readonly rows: number;
}

function split(trees: readonly Tree[], { x, available }: Slot): Split {
  const branches = trees.filter((tree) => tree.children.length > 0);
  const leaves = trees.filter((tree) => tree.children.length === 0);
  const wanted = leaves.length <= 6 ? 1 : leaves.length <= 16 ? 2 : 3;
  const columns = Math.max(1, Math.min(wanted, Math.floor((available - x + gapX) / (widths.host + gapX))));
  return { branches, leaves, columns, rows: Math.ceil(leaves.length / columns) };
}

function branchHeight(tree: Tree, slot: Slot): number {
  return Math.max(boxHeight, heightOf(tree.children, behind(slot)));
}

/** Of a group with all that hangs behind it. */
function heightOf(trees: readonly Tree[], slot: Slot): number {
  const { branches, leaves, columns, rows } = split(trees, slot);
  const parts = branches.map((tree) => branchHeight(tree, slot));
  if (leaves.length > 0) parts.push(stackHeight(rows) + (columns > 1 ? busRoom : 0));
  return parts.reduce((sum, part) => sum + part, 0) + Math.max(0, parts.length - 1) * gapY;
}

interface Group {
  readonly trees: readonly Tree[];
  readonly slot: Slot;
  readonly top: number;
  /** Where the lines begin. */
  readonly from: Point;
  readonly parent: string;
}

function placeGroup(drawing: Drawing, group: Group): void {
  const { trees, slot, from, parent } = group;
  const { x } = slot;
  const { branches, leaves, columns, rows } = split(trees, slot);
  let { top } = group;
  for (const tree of branches) {
    const height = branchHeight(tree, slot);
    const centre = top + height / 2;
    placeHost(drawing, { tree, x, centre, parent, path: elbow(from, { x, y: centre }) });
    placeGroup(drawing, {
      trees: tree.children,
      slot: behind(slot),
      top: centre - heightOf(tree.children, behind(slot)) / 2,
      from: { x: x + widths.host, y: centre },
      parent: `host:${tree.key}`,
    });
    top += height + gapY;
  }
  const bus = top + busRoom / 2;
  if (columns > 1) top += busRoom;
  leaves.forEach((tree, index) => {
    const column = Math.floor(index / rows);
    const leafX = x + column * (widths.host + gapX);
    const centre = top + (index % rows) * (boxHeight + gapY) + boxHeight / 2;
    const trunk = x - gapX / 2;
    // Over the group, never through its columns: a line from box to box would say that one hangs behind the other.
    const path =
      column === 0
        ? elbow(from, { x: leafX, y: centre })
        : `M${from.x} ${from.y}H${trunk}V${bus}H${leafX - gapX / 2}V${centre}H${leafX}`;
    placeHost(drawing, { tree, x: leafX, centre, parent, path });
  });
}

function placeHost(
  drawing: Drawing,
  at: {
    readonly tree: Tree;
    readonly x: number;
    readonly centre: number;
    readonly parent: string;
    readonly path: string;
  },
): void {
  const id = `host:${at.tree.key}`;
  drawing.boxes.push(box({ id, kind: 'host', key: at.tree.key, x: at.x, y: at.centre - boxHeight / 2 }));
  drawing.lines.push({ id: `${at.parent}>${id}`, path: at.path, carries: false });
}

const indentMax = 22;
const narrowBoxMin = 150;
const narrowGap = 8;

/** One box per row, what hangs behind another indented below it: the site, its links with their providers, its machines. */
export function narrowLayout(things: TopologyThings, available: number): Layout {
  const width = Math.max(available, narrowBoxMin + 2 * margin);
  const trees = treesOf(things.hosts);
  const deepest = Math.max(things.links.length > 0 ? 2 : 0, depthOf(trees));
  const indent = deepest === 0 ? 0 : Math.min(indentMax, (width - 2 * margin - narrowBoxMin) / deepest);
  const drawing: Drawing = { boxes: [], lines: [] };
  const add = (thing: Pick<Box, 'id' | 'kind' | 'key'>, depth: number, above?: Box, carries = false): Box => {
    const x = margin + depth * indent;
    const y = margin + drawing.boxes.length * (boxHeight + narrowGap);
    const added: Box = { ...thing, x, y, width: width - margin - x, height: boxHeight };
    drawing.boxes.push(added);
    if (above === undefined) return added;
    const trunk = above.x + indent / 2;
    const path = `M${trunk} ${above.y + boxHeight}V${y + boxHeight / 2}H${x}`;
    drawing.lines.push({ id: `${above.id}>${added.id}`, path, carries });
    return added;
  };
  const site = add({ id: 'site', kind: 'site', key: '' }, 0);
  for (const link of byProvider(things.links)) {
    const placed = add({ id: `link:${link.key}`, kind: 'link', key: link.key }, 1, site, link.carries);
    // Once under each of its links: in a tree a box has one place.
    add(
      { id: `provider:${link.provider}:${link.key}`, kind: 'provider', key: link.provider },
      2,
      placed,
      link.carries,
    );
  }
  const addTrees = (below: readonly Tree[], depth: number, above: Box): void => {
    for (const tree of below) {
      addTrees(
        tree.children,
        depth + 1,
        add({ id: `host:${tree.key}`, kind: 'host', key: tree.key }, depth, above),
      );
    }
  };
  addTrees(trees, 1, site);
  const height = 2 * margin + drawing.boxes.length * (boxHeight + narrowGap) - narrowGap;
  return { width, height, ...drawing };
}

function depthOf(trees: readonly Tree[]): number {
  return trees.reduce((deepest, tree) => Math.max(deepest, 1 + depthOf(tree.children)), 0);
}
