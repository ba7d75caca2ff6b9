// From what an OpenID Connect provider has proved to an account here: found by issuer and subject, at the first sign-in by the
// verified e-mail address, made where roles are mapped. Must never let in who is disabled, give an account of one subject to
// another, nor leave the server without an enabled administrator.
import type { Role } from '../../../../shared/api/people.ts';
import type { Failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Result } from '../../../../shared/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProvenIdentity } from '../../../ports/identity-provider.ts';
import type { Person } from '../../../ports/people.ts';
import type { Roll } from './accounts.ts';

/** Words of the audit log; whoever was refused is told none of them. */
export type OutsideRefusal =
  | 'no-email'
  | 'unknown-person'
  | 'other-subject'
  | 'disabled'
  | 'no-role'
  | 'no-set-up'
  | 'too-many-people';

export type Admitted =
  | { readonly kind: 'admitted'; readonly person: Person; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly because: OutsideRefusal; readonly login?: string }
  /** The second factor: `auth.second-factor` (none was given), `auth.refused` or `limit.reached`. */
  | { readonly kind: 'code'; readonly login: string; readonly failure: Failure };

export interface OutsideAccounts {
  /**
   * Signs in who has proved who it is elsewhere; who has a second factor here is asked for it here as well. Binding, role
   * and new account are kept only when all of it was good.
   */
  admit(identity: ProvenIdentity, options: { readonly mapsRoles: boolean; readonly code?: string }): Admitted;
}

interface Parts {
  readonly clock: Pick<Clock, 'now'>;
  readonly roll: Roll;
  /** There is or was somebody. */
  readonly hadPeople: () => boolean;
  readonly endSessions: (login: string) => void;
  readonly isLastAdministrator: (person: Person) => boolean;
  /** Judges the second factor and keeps this person as it is given. */
  readonly letIn: (person: Person, code: string | undefined) => Result<Person>;
}

export function createOutsideAccounts(parts: Parts): OutsideAccounts {
  return {
    admit: (identity, { mapsRoles, code }) => {
      const found = findPerson(parts.roll, identity);
      if (found.kind === 'refused') return found;
      if (found.kind === 'person')
        return enter(parts, { person: found.person, identity, code, wantsRole: mapsRoles });
      return mapsRoles ? make(parts, identity, found.login) : refused('unknown-person', found.login);
    },
  };
}

type Refused = Admitted & { readonly kind: 'refused' };

type Found =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'nobody'; readonly login: string }
  | Refused;

function findPerson(roll: Roll, { issuer, subject, email }: ProvenIdentity): Found {
  for (const person of roll.people.values()) {
    if (person.identity?.issuer === issuer && person.identity.subject === subject)
      return { kind: 'person', person };
  }
  if (email === undefined) return refused('no-email');
  const person = roll.get(email);
  if (person === undefined) return { kind: 'nobody', login: email };
  // The address was given to somebody else since, or the provider is another one.
  return person.identity === undefined ? { kind: 'person', person } : refused('other-subject', email);
}

interface Entering {
  readonly person: Person;
  readonly identity: ProvenIdentity;
  readonly code: string | undefined;
  readonly wantsRole: boolean;
}

function enter(parts: Parts, { person, identity, code, wantsRole }: Entering): Admitted {
  const { login } = person;
  if (person.disabled) return refused('disabled', login);
  if (wantsRole && identity.role === undefined) return refused('no-role', login);
  const { issuer, subject } = identity;
  const mapped = identity.role ?? person.role;
  const role = roleFor(parts, person, mapped);
  const entered = parts.letIn({ ...person, role, identity: { issuer, subject } }, code);
  if (!entered.ok) return { kind: 'code', login, failure: entered.failure };
  if (role !== person.role) parts.endSessions(login);
  const notes = [
    ...(person.identity === undefined ? ['bound'] : []),
    ...(role === person.role ? [] : [`role=${person.role}->${role}`]),
    ...(role === mapped ? [] : [`role=${mapped} not given`]),
  ];
  return { kind: 'admitted', person: entered.value, notes };
}

function make({ clock, roll, hadPeople, letIn }: Parts, identity: ProvenIdentity, login: string): Admitted {
  const { issuer, subject, role, name = login } = identity;
  if (role === undefined) return refused('no-role', login);
  // Whoever comes first would end the first-run set-up, which makes the first administrator.
  if (!hadPeople()) return refused('no-set-up', login);
  if (roll.people.size >= limits.peopleMax) return refused('too-many-people', login);
  const person: Person = {
    ...{ login, name, role, customers: null, disabled: false },
    identity: { issuer, subject },
    createdAt: clock.now(),
  };
  roll.add(person);
  const entered = letIn(person, undefined);
  if (!entered.ok) return { kind: 'code', login, failure: entered.failure };
  return { kind: 'admitted', person: entered.value, notes: [`made role=${role}`] };
}

/** Two things a mapping cannot do: take the last administrator away, and show every customer to who was given some. */
function roleFor({ isLastAdministrator }: Parts, person: Person, mapped: Role): Role {
  if (mapped !== 'administrator' && isLastAdministrator(person)) return person.role;
  return mapped === 'administrator' && person.customers !== null ? 'operator' : mapped;
}

function refused(because: OutsideRefusal, login?: string): Refused {
  return { kind: 'refused', because, ...(login === undefined ? {} : { login }) };
}
