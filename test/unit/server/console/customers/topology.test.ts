// Geometry of a site's drawing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Box,
  type Layout,
  narrowLayout,
  type TopologyThings,
  wideLayout,
} from '../../../../../server/console/pages/customers/topology.ts';

const things = fc
  .record({
    links: fc.uniqueArray(
      fc.record({
        key: fc.stringMatching(/^[a-z]{1,6}$/),
        provider: fc.constantFrom('vivo', 'claro', 'oi'),
        carries: fc.boolean(),
      }),
      { maxLength: 4, selector: ({ key }) => key },
    ),
    parents: fc.array(fc.option(fc.nat(39), { nil: undefined }), { maxLength: 40 }),
  })
  .map(
    ({ links, parents }): TopologyThings => ({
      links,
      // Any parent at all: itself, a circle, one that is not there.
      hosts: parents.map((parent, index) => ({
        key: `h${index}`,
        parent: parent === undefined ? undefined : `h${parent}`,
      })),
    }),
  );

const layouts: readonly (readonly [string, (of: TopologyThings) => Layout])[] = [
  ['wide, much room', (of) => wideLayout(of, 1_600)],
  ['wide, little room', (of) => wideLayout(of, 700)],
  ['narrow', (of) => narrowLayout(of, 320)],
];

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

interface Stroke {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** `M0 5H10V20` as horizontal and vertical strokes. */
function strokes(path: string): readonly Stroke[] {
  const found: Stroke[] = [];
  let [x, y] = [0, 0];
  for (const [, letter, first = '', second] of path.matchAll(/([MHV])(-?[\d.e-]+)(?: (-?[\d.e-]+))?/g)) {
    const from = { x, y };
    if (letter === 'M') [x, y] = [Number(first), Number(second)];
    else if (letter === 'H') x = Number(first);
    else y = Number(first);
    if (letter === 'M') continue;
    found.push({
      x1: Math.min(from.x, x),
      x2: Math.max(from.x, x),
      y1: Math.min(from.y, y),
      y2: Math.max(from.y, y),
    });
  }
  return found;
}

/** Touching an edge is arriving; being inside is running through. */
function runsThrough({ x1, y1, x2, y2 }: Stroke, { x, y, width, height }: Box): boolean {
  const slack = 0.01;
  return x2 > x + slack && x1 < x + width - slack && y2 > y + slack && y1 < y + height - slack;
}

describe.each(layouts)('%s', (_name, layout) => {
  test('no two boxes overlap, each stands once and inside of the drawing', () => {
    fc.assert(
      fc.property(things, (of) => {
        const { boxes, width, height } = layout(of);
        boxes.forEach((box, index) => {
          expect(boxes.slice(index + 1).filter((other) => overlap(box, other))).toEqual([]);
          expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(
            true,
          );
        });
        expect(new Set(boxes.map(({ id }) => id)).size).toBe(boxes.length);
        expect(boxes.filter(({ kind }) => kind === 'host').length).toBe(of.hosts.length);
        expect(boxes.filter(({ kind }) => kind === 'link').length).toBe(of.links.length);
      }),
    );
  });

  test('no line runs through a box, and every box but the outermost is tied to another', () => {
    fc.assert(
      fc.property(things, (of) => {
        const { boxes, lines } = layout(of);
        expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
        for (const line of lines) {
          for (const stroke of strokes(line.path)) {
            expect(boxes.filter((box) => runsThrough(stroke, box))).toEqual([]);
          }
        }
        // One line per box that hangs on another; the site itself hangs on none, in the wide drawing its links lead to it.
        expect(lines.length).toBe(of.hosts.length + 2 * of.links.length);
      }),
    );
  });
});

describe('what it says', () => {
  const host = (key: string, parent?: string) => ({ key, parent });
  const boxOf = ({ boxes }: Layout, id: string): Box | undefined => boxes.find((box) => box.id === id);

  test('from left to right: provider, link, site, hypervisor, what runs on it', () => {
    const of: TopologyThings = {
      links: [{ key: 'a', provider: 'vivo', carries: true }],
      hosts: [host('erp', 'hv'), host('hv')],
    };
    const made = wideLayout(of, 1_400);
    const xs = ['provider:vivo', 'link:a', 'site', 'host:hv', 'host:erp'].map(
      (id) => boxOf(made, id)?.x ?? -1,
    );
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(new Set(xs).size).toBe(5);
    expect(made.lines.find(({ id }) => id === 'host:hv>host:erp')).toBeDefined();
    expect(made.lines.find(({ id }) => id === 'link:a>site')?.carries).toBe(true);
  });

  test('two links of one provider share its box in the wide drawing', () => {
    const links = ['a', 'b', 'c'].map((key) => ({
      key,
      provider: key === 'b' ? 'claro' : 'vivo',
      carries: false,
    }));
    const made = wideLayout({ links, hosts: [] }, 1_400);
    expect(made.boxes.filter(({ kind }) => kind === 'provider').length).toBe(2);
  });

  test('forty machines stand in three columns where there is room, in one where there is none', () => {
    const hosts = Array.from({ length: 40 }, (_, index) => host(`h${index}`));
    const columns = (available: number): number =>
      new Set(
        wideLayout({ links: [], hosts }, available)
          .boxes.filter(({ kind }) => kind === 'host')
          .map(({ x }) => x),
      ).size;
    expect([columns(1_600), columns(500)]).toEqual([3, 1]);
  });

  test('a site with nothing is one box', () => {
    expect(wideLayout({ links: [], hosts: [] }, 1_000).boxes.map(({ id }) => id)).toEqual(['site']);
    expect(narrowLayout({ links: [], hosts: [] }, 300).lines).toEqual([]);
  });
});
