// How far an enrolment has come, from the wall's row of the site. Pure. An agent that was there before the token counts for
// nothing: only a new one proves that the command ran.
import type { HostRow, SiteRow } from '../../../../shared/api/wall.ts';

export type EnrolmentStep = 'waiting' | 'enrolled' | 'connected' | 'measured' | 'lost';

export interface EnrolmentProgress {
  readonly step: EnrolmentStep;
  /** The machine on which the new agent runs. */
  readonly host: HostRow | undefined;
}

export function agentIdsOf(row: SiteRow | undefined): ReadonlySet<string> {
  return new Set((row?.hosts ?? []).flatMap((host) => (host.agent === null ? [] : [host.agent.id])));
}

/** `host`: the inventory's key the token was made for; undefined: any machine of the site. */
export function enrolmentProgress(
  row: SiteRow | undefined,
  wanted: { readonly before: ReadonlySet<string>; readonly host: string | undefined },
): EnrolmentProgress {
  const host = row?.hosts.find(
    ({ key, agent }) =>
      agent !== null && !wanted.before.has(agent.id) && (wanted.host === undefined || wanted.host === key),
  );
  if (row === undefined || host === undefined || host.agent === null)
    return { step: 'waiting', host: undefined };
  const { presence } = host.agent;
  if (presence === 'new') return { step: 'enrolled', host };
  if (presence !== 'live' && presence !== 'suspected') return { step: 'lost', host };
  // A site without links has nothing to measure but the machine itself, which the connection proves.
  const measured = row.links.length === 0 || row.links.some((link) => link.status !== 'unknown');
  return { step: measured ? 'measured' : 'connected', host };
}
