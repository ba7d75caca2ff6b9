// What people do to an incident: acknowledge, assign, note, resolve, reopen. Each becomes an input; by whom comes from the
// credential. An action that does not fit the incident's state is refused with what it is, and changes nothing.
import { z } from 'zod';
import { incidentDetailSchema } from '../../../../shared/api/incidents.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import type { IncidentState } from '../../../../shared/words.ts';
import { isIncidentChange } from '../../../core/change.ts';
import type { Incident } from '../../../core/incident.ts';
import type { Input } from '../../../core/input.ts';
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
  readonly path: 'acknowledgement' | 'assignment' | 'notes' | 'resolution' | 'reopening';
  readonly input:
    | 'incident.acknowledged'
    | 'incident.assigned'
    | 'incident.noted'
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
    path: 'resolution',
    input: 'incident.resolvedByPerson',
    summary: 'A person declares it resolved',
    from: ['open', 'acknowledged'],
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
        if (!action.from.includes(incident.state)) return sendFailure(reply, misfit(action, incident));
        const input = inputOf(action, {
          at: parts.clock.now(),
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

function misfit(action: Action, incident: Incident): Failure {
  const taken = incident.acknowledgedBy === undefined ? '' : ` (by ${incident.acknowledgedBy})`;
  const message = `incident "${incident.id}" is ${incident.state}${taken}; ${action.path} is for: ${action.from.join(', ')}`;
  return failure('conflict', message);
}

interface Said {
  readonly text?: string;
  readonly to?: string;
}

function bodyOf({ path }: Action): z.ZodType<Said | null | undefined> {
  if (path === 'assignment') return z.strictObject({ to });
  if (path === 'notes') return z.strictObject({ text });
  return z.strictObject({ text: text.optional() }).nullish();
}

interface ActionFields {
  readonly at: Input['at'];
  readonly incident: Incident['id'];
  readonly by: string;
  readonly said: Said;
}

function inputOf(action: Action, { said, ...fields }: ActionFields): Input {
  const { text: words, to: person } = said;
  if (action.input === 'incident.noted') return { kind: action.input, ...fields, text: words ?? '' };
  if (action.input === 'incident.assigned') return { kind: action.input, ...fields, to: person ?? '' };
  return { kind: action.input, ...fields, ...(words === undefined ? {} : { text: words }) };
}
