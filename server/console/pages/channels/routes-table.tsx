// The routes in their order: what goes where, and how. They stand in the configuration; this only shows them.
import type { ReactNode } from 'react';
import type { ChannelList, NoticeRouteItem } from '../../../../shared/api/channels.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { type RouteSpeech, sendText, whenText } from './route-text.ts';
import { channelWords } from './words.ts';

export function RoutesTable({
  answer: { routes, rules },
  speech,
}: {
  readonly answer: ChannelList;
  readonly speech: RouteSpeech;
}): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  if (rules === null) return null;
  const columns = words.routeColumns;
  return (
    <section className="channels-section" aria-labelledby="routes-heading">
      <h3 id="routes-heading">{words.routes}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard */}
      <section className="data-frame" tabIndex={0} aria-label={words.routes}>
        <table className="data-table channels-table">
          <caption>{words.routesCaption}</caption>
          <thead>
            <tr>
              {(['number', 'when', 'send', 'channels', 'to'] as const).map((column) => (
                <th key={column} scope="col">
                  {columns[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {routes.map((route, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a route is known by its place and by nothing else
              <RouteLine key={index} route={route} number={index + 1} rules={rules} speech={speech} />
            ))}
          </tbody>
        </table>
      </section>
      <p className="muted">
        {words.rules(
          formats.duration(rules.groupMs),
          formats.count(rules.stormMax),
          formats.duration(rules.stormWindowMs),
        )}
      </p>
    </section>
  );
}

function RouteLine({
  route,
  number,
  rules,
  speech,
}: {
  readonly route: NoticeRouteItem;
  /** 1 is the first. */
  readonly number: number;
  readonly rules: NonNullable<ChannelList['rules']>;
  readonly speech: RouteSpeech;
}): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const columns = words.routeColumns;
  const never = route.send === 'never';
  return (
    <tr>
      <td data-label={columns.number}>{formats.count(number)}</td>
      <th scope="row" data-label={columns.when}>
        {whenText(route, speech)}
      </th>
      <td data-label={columns.send}>
        {sendText(route.send, words, rules.dailyAt)}
        {route.continue && <span className="channel-note muted">{words.goesOn}</span>}
      </td>
      <td data-label={columns.channels}>{never ? '–' : route.channels.join(', ')}</td>
      <td data-label={columns.to}>
        {route.to.length === 0 ? (
          <span className="muted">{never ? '–' : words.nobodyElse}</span>
        ) : (
          route.to.join(', ')
        )}
      </td>
    </tr>
  );
}
