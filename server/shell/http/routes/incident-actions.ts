// What people do to an incident: acknowledge, assign, note, pause its clock, resolve, reopen. Each becomes an input; by whom comes from the
// credential. An action that does not fit the incident's state is refused with what it is, and changes nothing.
import { z } from 'zod';
import { incidentDetailSchema } from '../../../../shared/api/incidents.ts';
import { instantText } from '../../../../shared/api/maintenance.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { day, type Instant, toIso } from '../../../../shared/time.ts';
import type { IncidentState } from '../../../../shared/words.ts';
import { isIncidentChange } from '../../../core/change.ts';
import { type Incident, isTicketClosed } from '../../../core/incident.ts';
import type { Input } from '../../../core/input.ts';
import { pauseAt } from '../../../core/rules/incident.ts';
import { pauseRefusal } from '../../../core/rules/pause.ts';
import { incidentDetail } from '../../../core/view/incident-detail.ts';
import { scopedFor } from '../access/caller.ts';
import { sendFailure } from '../answer.ts';
import type { Api, RouteParts } from '../parts.ts';
import { readingOf } from '../reading.ts';
import { submit } from '../submit.ts';
import { findIncident, incidentParams, noIncident } from './incidents.ts';

/** A person or a team, as the MSP writes them; one line, because it stands in the ticket. */
const to = z
  .string()
  .trim()
  .min(1, 'wanted: who works on it')
  .max(limits.assigneeCharsMax, `wanted: at most ${limits.assigneeCharsMax} characters`)
  .regex(/^\P{Cc}*$/u, 'wanted: one line');
const text = z.string().trim().min(1, 'wanted: some text').max(limits.noteCharsMax);

interface Action {
  readonly path:
    | 'acknowledgement'
    | 'assignment'
    | 'notes'
    | 'pause'
    | 'resumption'
    | 'resolution'
    | 'reopening';
  readonly input:
    | 'incident.acknowledged'
    | 'incident.assigned'
    | 'incident.noted'
    | 'incident.paused'
    | 'incident.resumed'
    | 'incident.resolvedByPerson'
    | 'incident.reopenedByPerson';
  readonly summary: string;
  /** States in which it makes sense. */
  readonly from: readonly IncidentState[];
}

const actions: readonly Action[] = [
  {
    path: 'acknowledgement',
    input: 'incident.acknowledged',
    summary: 'A person takes the incident',
    from: ['open'],
  },
  {
    path: 'assignment',
    input: 'incident.assigned',
    summary: 'Somebody is to work on it',
    from: ['open', 'acknowledged', 'resolved'],
  },
  {
    path: 'notes',
    input: 'incident.noted',
    summary: 'A note for the timeline and the ticket',
    from: ['open', 'acknowledged', 'resolved'],
  },
  {
    path: 'pause',
    input: 'incident.paused',
    summary:
      "The contract's clock stands still, and nobody is called, until an instant or until the resumption",
    from: ['open', 'acknowledged'],
  },
  {
    path: 'resumption',
    input: 'incident.resumed',
    summary: "The contract's clock runs again",
    from: ['open', 'acknowledged'],
  },
  {
    path: 'resolution',
    input: 'incident.resolvedByPerson',
    summary: 'A person declares it resolved, and the ticket is closed; of one that is over the ticket alone',
    from: ['open', 'acknowledged', 'resolved', 'closed'],
  },
  {
    path: 'reopening',
    input: 'incident.reopenedByPerson',
    summary: 'A person declares a resolved incident not resolved',
    from: ['resolved'],
  },
];

export function incidentActionRoutes(api: Api, parts: RouteParts): void {
  for (const action of actions) {
    api.post(
      `/incidents/:id/${action.path}`,
      {
        config: scopedFor('operator'),
        schema: {
          summary: action.summary,
          params: incidentParams,
          body: bodyOf(action),
          response: { 200: incidentDetailSchema },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const seen = parts.seenBy(request);
        const incident = findIncident(seen, id);
        // What many customers share is not for one of them to act on.
        if (incident === undefined || (seen.seen !== undefined && incident.site === undefined))
          return sendFailure(reply, noIncident(id));
        const now = parts.clock.now();
        const misfits = misfitOf(action, incident, { now, until: request.body?.until });
        if (misfits !== undefined) return sendFailure(reply, misfits);
        const input = inputOf(action, {
          at: now,
          incident: incident.id,
          by: parts.guard.caller(request).by,
          said: request.body ?? {},
        });
        const done = await submit(parts.correlator, input);
        if (!done.ok) return sendFailure(reply, done.failure);
        const { changes } = done.value;
        const changed = changes.filter(isIncidentChange).find((change) => change.incident.id === incident.id);
        // Something else moved it between the look and the commit.
        if (changed === undefined)
          return sendFailure(reply, misfit(action, findIncident(seen, id) ?? incident));
        return incidentDetail(changed.incident, readingOf(seen));
      },
    );
  }
}

interface Moment {
  readonly now: Instant;
  readonly until?: Instant;
}

/** Undefined: the action fits. */
function misfitOf(action: Action, incident: Incident, { now, until }: Moment): Failure | undefined {
  if (!action.from.includes(incident.state)) return misfit(action, incident);
  if (action.path === 'resolution' && (incident.state === 'resolved' || incident.state === 'closed')) {
    const { ticket } = incident;
    return ticket === undefined || isTicketClosed(incident)
      ? failure('conflict', `incident "${incident.id}" is ${incident.state} and has no open ticket`)
      : undefined;
  }
  if (action.path === 'resumption' && pauseAt(incident, now) === undefined)
    return failure('conflict', `the clock of incident "${incident.id}" runs; resumption is for a paused one`);
  if (action.path !== 'pause') return undefined;
  if (until !== undefined && (until <= now || until - now > limits.slaPauseMsMax)) {
    const days = limits.slaPauseMsMax / day;
    return failure('input.invalid', `until: ${toIso(until)}; wanted: after now, at most ${days} days ahead`);
  }
  const refusal = pauseRefusal(incident, now);
  return refusal === undefined ? undefined : failure('conflict', pauseRefusals[refusal](incident));
}

const pauseRefusals: Readonly<
  Record<NonNullable<ReturnType<typeof pauseRefusal>>, (of: Incident) => string>
> = {
  state: ({ id }) => `incident "${id}" has no contract's clock; pause is for a customer's incident`,
  paused: ({ id }) => `the clock of incident "${id}" is paused; resume it first`,
  'too-many': ({ id }) => `incident "${id}" was paused ${limits.slaPausesMax} times; wanted: fewer`,
};

function misfit(action: Action, incident: Incident): Failure {
  const taken = incident.acknowledgedBy === undefined ? '' : ` (by ${incident.acknowledgedBy})`;
  const message = `incident "${incident.id}" is ${incident.state}${taken}; ${action.path} is for: ${action.from.join(', ')}`;
  return failure('conflict', message);
}

interface Said {
  readonly text?: string;
  readonly to?: string;
  readonly until?: Instant;
  readonly level?: 2 | 3;
}

function bodyOf({ path }: Action): z.ZodType<Said | null | undefined> {
  if (path === 'assignment')
    return z.strictObject({ to, level: z.union([z.literal(2), z.literal(3)]).optional() });
  if (path === 'notes') return z.strictObject({ text });
  if (path === 'pause') return z.strictObject({ text, until: instantText.optional() });
  return z.strictObject({ text: text.optional() }).nullish();
}

interface ActionFields {
  readonly at: Input['at'];
  readonly incident: Incident['id'];
  readonly by: string;
  readonly said: Said;
}

function inputOf(action: Action, { said, ...fields }: ActionFields): Input {
  const { text: words, to: person, until: end, level } = said;
  if (action.input === 'incident.noted') return { kind: action.input, ...fields, text: words ?? '' };
  if (action.input === 'incident.assigned')
    return { kind: action.input, ...fields, to: person ?? '', ...(level === undefined ? {} : { level }) };
  if (action.input === 'incident.paused')
    return { kind: action.input, ...fields, text: words ?? '', ...(end === undefined ? {} : { until: end }) };
  return { kind: action.input, ...fields, ...(words === undefined ? {} : { text: words }) };
}
