// Why nothing opens about what is down here: the maintenance or the silence in force, until when and why. One line for each,
// by the server's clock; nothing while none is in force.
import type { ReactNode } from 'react';
import type { QuietRow, SiteRow } from '../../../shared/api/wall.ts';
import { useSpeech } from '../i18n/speech.ts';
import { Icon } from './icon.tsx';
import { useServerTick } from './wall-context.ts';

export function QuietText({ site }: { readonly site: SiteRow }): ReactNode {
  const { messages, formats } = useSpeech();
  const said = useServerTick((now) =>
    site.quiet
      .filter(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until))
      .map((row) => {
        const until = formats.minute(Date.parse(row.until), now);
        const what = partName(site, row);
        const text =
          row.because === 'maintenance' ? messages.inMaintenance(until) : messages.silencedUntil(until);
        return `${what === undefined ? '' : `${what}: `}${text} · ${row.reason}`;
      })
      .join('\n'),
  );
  if (said === '') return null;
  return said.split('\n').map((line) => (
    <p key={line} className="quiet-line muted">
      <Icon name="blind" />
      {line}
    </p>
  ));
}

/** Undefined: all of the site. */
function partName({ links, hosts }: SiteRow, { link, host }: QuietRow): string | undefined {
  if (link !== null) return links.find(({ key }) => key === link)?.providerName ?? link;
  return host === null ? undefined : (hosts.find(({ key }) => key === host)?.name ?? host);
}
