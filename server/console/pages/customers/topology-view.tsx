// The drawing of a site, the same as a list, and the chosen item in detail. Places come from `topology.ts`, words from `nodes.ts`.
// A state is told by shape, word and colour; each box is a link with a name, so keyboard and screen reader walk it.
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { Chosen as ChosenPart } from './chosen.tsx';
import { type Node, type NodeParts, nodeOf, thingsOf } from './nodes.ts';
import { type Box, type Layout, narrowLayout, type TopologyThings, wideLayout } from './topology.ts';
import { en, pt } from './words.ts';

/** Below this the drawing from left to right would be scrolled to and fro; the tree fits any phone. */
const wideFrom = 760;

type Props = Omit<NodeParts, 'messages' | 'words'> & {
  /** Of each provider's support. */
  readonly phones: ReadonlyMap<string, string | undefined>;
};

export function TopologyPart(props: Props): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const { row, entry, phones } = props;
  const frame = useRef<HTMLDivElement>(null);
  const available = useWidth(frame);
  const things = useMemo(() => thingsOf(row, entry), [row, entry]);
  const layout = useMemo(() => layoutIn(things, available), [things, available]);
  const parts: NodeParts = { ...props, messages, words };
  return (
    <section className="section" aria-labelledby="customers-topology">
      <h3 id="customers-topology" className="customers-subhead">
        {words.topology} <span className="heading-note">{words.drawingHint}</span>
      </h3>
      <div className="topology" ref={frame}>
        {/* biome-ignore lint/a11y/useSemanticElements: a drawing of links has no element of its own */}
        <svg
          role="group"
          aria-label={words.drawing(row.name)}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          // In rem, so that it grows with the page's type.
          style={{ width: `${layout.width / 16}rem`, height: `${layout.height / 16}rem` }}
        >
          {layout.lines.map((line) => (
            <path key={line.id} className="topology-line" data-carries={line.carries} d={line.path} />
          ))}
          {/* Upstream first: Tab then walks the way of the traffic. */}
          {inReadingOrder(layout.boxes).map((box) => (
            <NodeBox key={box.id} box={box} node={nodeOf(box, parts)} />
          ))}
        </svg>
      </div>
      {props.chosen !== undefined && <ChosenPart {...props} chosen={props.chosen} phones={phones} />}
      <details className="topology-list">
        <summary>{words.asList}</summary>
        <NodeList things={things} parts={parts} />
      </details>
    </section>
  );
}

function layoutIn(things: TopologyThings, available: number): Layout {
  return available < wideFrom ? narrowLayout(things, available) : wideLayout(things, available);
}

/** Of the element, in px at a root size of 16; measured before the first picture. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(1_024);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
      const style = getComputedStyle(element);
      const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight);
      setWidth(Math.floor(((element.clientWidth - padding) * 16) / root));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}

const order: Readonly<Record<Box['kind'], number>> = { provider: 0, link: 1, site: 2, host: 3 };

function inReadingOrder(boxes: readonly Box[]): readonly Box[] {
  // A tree (every row by itself) is read as it stands; side by side, the left first.
  const isTree = new Set(boxes.map(({ y }) => y)).size === boxes.length && boxes[0]?.kind === 'site';
  return isTree ? boxes : [...boxes].sort((a, b) => order[a.kind] - order[b.kind] || a.x - b.x || a.y - b.y);
}

function NodeBox({ box, node }: { readonly box: Box; readonly node: Node }): ReactNode {
  const { x, y, width, height } = box;
  return (
    <a
      href={node.href}
      className="topology-node"
      data-status={node.status}
      data-kind={box.kind}
      aria-current={node.chosen ? 'true' : undefined}
    >
      <rect x={x} y={y} width={width} height={height} rx={box.kind === 'site' ? 26 : 7} />
      <foreignObject x={x} y={y} width={width} height={height}>
        <div className="topology-text">
          {node.status !== undefined && (
            <span className="state" data-status={node.status}>
              <Icon name={node.status} />
            </span>
          )}
          <span>
            <span className="visually-hidden">{node.what}: </span>
            <b>{node.title}</b>
            <span className="topology-below">{node.below}</span>
            {node.more !== '' && <span className="visually-hidden"> · {node.more}</span>}
          </span>
        </div>
      </foreignObject>
    </a>
  );
}

/** The drawing's equal in text: providers with their links, then the site with what hangs behind it. */
function NodeList({
  things,
  parts,
}: {
  readonly things: TopologyThings;
  readonly parts: NodeParts;
}): ReactNode {
  const providers = [...new Set(things.links.map((link) => link.provider))];
  const keys = new Set(things.hosts.map((host) => host.key));
  const roots = things.hosts.filter(({ parent }) => parent === undefined || !keys.has(parent));
  const hostsBelow = (hosts: TopologyThings['hosts']): ReactNode =>
    hosts.length > 0 && (
      <ul>
        {hosts.map(({ key }) => (
          <li key={key}>
            <NodeLine node={nodeOf({ kind: 'host', key }, parts)} />
            {hostsBelow(things.hosts.filter(({ parent }) => parent === key))}
          </li>
        ))}
      </ul>
    );
  return (
    <ul>
      {providers.map((provider) => (
        <li key={provider}>
          <NodeLine node={nodeOf({ kind: 'provider', key: provider }, parts)} />
          <ul>
            {things.links
              .filter((link) => link.provider === provider)
              .map(({ key }) => (
                <li key={key}>
                  <NodeLine node={nodeOf({ kind: 'link', key }, parts)} />
                </li>
              ))}
          </ul>
        </li>
      ))}
      <li>
        <NodeLine node={nodeOf({ kind: 'site', key: '' }, parts)} />
        {hostsBelow(roots)}
      </li>
    </ul>
  );
}

function NodeLine({ node }: { readonly node: Node }): ReactNode {
  return (
    <a href={node.href} className="topology-item" aria-current={node.chosen ? 'true' : undefined}>
      {node.status !== undefined && (
        <span className="state" data-status={node.status}>
          <Icon name={node.status} />
        </span>
      )}
      <span>
        {node.what}: {node.title}, {node.below}
        {node.more !== '' && `, ${node.more}`}
      </span>
    </a>
  );
}
