// People's accounts: who there is, first-run set-up, signing in with password and second factor, and the changes of both. In
// memory beside the store, because every request asks. Must never leave the server without an enabled administrator once
// it had one, nor tell whether a login exists.
import type { Customers, Role, UserPatch } from '../../../../shared/api/people.ts';
import { type Failure, failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type Instant, minute } from '../../../../shared/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PeopleStore, Person } from '../../../ports/people.ts';
import { createAttempts } from './attempts.ts';
import { createOutsideAccounts, type OutsideAccounts } from './outside-accounts.ts';
import type { Passwords } from './passwords.ts';
import { createSecondFactors, type SecondFactors } from './second-factors.ts';
import { afterSecondFactor } from './totp.ts';

export interface NewPerson {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly customers: Customers;
  /** Absent: signs in by OpenID Connect only. */
  readonly password?: string | undefined;
}

export interface Credentials {
  readonly login: string;
  readonly password: string;
  readonly code?: string | undefined;
  /** By which attempts are counted: of IPv6 the network, because a guesser has all of it. */
  readonly address: string;
}

export interface Accounts extends SecondFactors, OutsideAccounts {
  /** By login. */
  list(): readonly Person[];
  person(login: string): Person | undefined;
  /** There is or was a person: set-up is over for ever. */
  hadPeople(): boolean;
  /** The first administrator. Fails with `not-found` once there was anybody, or `input.invalid`. */
  setUp(asked: Required<Pick<NewPerson, 'login' | 'name' | 'password'>>): Promise<Result<Person>>;
  /** Fails with `conflict` (login taken), `input.invalid`, `limit.reached`. */
  add(asked: NewPerson): Promise<Result<Person>>;
  /** Fails with `not-found`, `input.invalid`, or `conflict` (the last enabled administrator). */
  change(login: string, patch: UserPatch): Promise<Result<Person>>;
  /** Fails with `not-found` or `conflict`. */
  remove(login: string): Result<void>;
  /** Fails with `auth.refused`, `auth.second-factor` or `limit.reached`. */
  signIn(credentials: Credentials): Promise<Result<Person>>;
  /** Ends every session of this person. Fails with `auth.refused`, `input.invalid` or `limit.reached`. */
  changePassword(
    login: string,
    asked: { readonly current: string; readonly next: string },
  ): Promise<Result<void>>;
}

export interface AccountsParts {
  readonly store: PeopleStore;
  readonly clock: Clock;
  readonly passwords: Passwords;
  /** Signs this person out everywhere, at once. */
  readonly endSessions: (login: string) => void;
}

/** People in memory and on disk, always the same. */
export interface Roll {
  readonly people: ReadonlyMap<string, Person>;
  readonly get: (login: string) => Person | undefined;
  readonly add: (person: Person) => boolean;
  readonly replace: (person: Person) => void;
  readonly remove: (login: string) => boolean;
}

export function createAccounts(parts: AccountsParts): Accounts {
  const { store } = parts;
  const roll = openRoll(store);
  const checking = createChecking(parts, roll);
  return {
    list: () => [...roll.people.values()].sort((a, b) => (a.login < b.login ? -1 : 1)),
    person: roll.get,
    hadPeople: () => store.hadPeople(),
    setUp: async (asked) => {
      if (store.hadPeople()) return fail(noSetUp());
      const made = await newPerson(parts, { ...asked, role: 'administrator', customers: null });
      if (!made.ok) return made;
      // Two may have come at once; the hash took its time.
      return !store.hadPeople() && roll.add(made.value) ? made : fail(noSetUp());
    },
    add: async (asked) => {
      if (roll.people.size >= limits.peopleMax)
        return fail(failure('limit.reached', `there are ${limits.peopleMax} people already`));
      if (roll.get(asked.login) !== undefined) return fail(taken(asked.login));
      const made = await newPerson(parts, asked);
      if (!made.ok) return made;
      return roll.add(made.value) ? made : fail(taken(asked.login));
    },
    change: (login, patch) => changePerson({ parts, roll, login, patch }),
    remove: (login) => {
      const person = roll.get(login);
      if (person === undefined) return fail(nobody(login));
      if (isLastAdministrator(roll, person)) return fail(lastAdministrator());
      roll.remove(login);
      parts.endSessions(login);
      return ok(undefined);
    },
    signIn: checking.signIn,
    changePassword: async (login, { current, next }) => {
      const right = await checking.ownPassword(login, current);
      if (!right.ok) return right;
      const weak = weakness(next, login, 'body.next');
      if (weak !== undefined) return fail(weak);
      const hashed = await parts.passwords.hash(next);
      if (!hashed.ok) return hashed;
      const person = roll.get(login);
      if (person === undefined) return fail(nobody(login));
      roll.replace({ ...person, passwordHash: hashed.value });
      parts.endSessions(login);
      return ok(undefined);
    },
    ...createSecondFactors({ clock: parts.clock, roll, ownPassword: checking.ownPassword }),
    ...createOutsideAccounts({
      ...{ clock: parts.clock, roll, endSessions: parts.endSessions, letIn: checking.letIn },
      hadPeople: () => store.hadPeople(),
      isLastAdministrator: (person) => isLastAdministrator(roll, person),
    }),
  };
}

function openRoll(store: PeopleStore): Roll {
  const people = new Map(store.people().map((person) => [person.login, person]));
  return {
    people,
    get: (login) => people.get(login),
    add: (person) => {
      if (!store.addPerson(person)) return false;
      people.set(person.login, person);
      return true;
    },
    replace: (person) => {
      if (store.replacePerson(person)) people.set(person.login, person);
    },
    remove: (login) => {
      people.delete(login);
      return store.removePerson(login);
    },
  };
}

/** Passwords and codes, with the attempts counted. */
function createChecking({ clock, passwords }: AccountsParts, roll: Roll) {
  const byAddress = createAttempts({
    clock,
    max: limits.signInFailuresPerAddressPerMinuteMax,
    windowMs: minute,
  });
  const byLogin = createAttempts({
    clock,
    max: limits.signInFailuresPerLoginPerMinuteMax,
    windowMs: minute,
  });
  const letIn = createLetIn(clock, roll);
  return {
    letIn,
    signIn: async ({ login, password, code, address }: Credentials): Promise<Result<Person>> => {
      if (!byAddress.begin(address) || !byLogin.begin(login)) return fail(tooMany());
      const right = await passwords.verify(password, roll.get(login)?.passwordHash);
      const good = (): void => {
        byAddress.good(address);
        byLogin.good(login);
      };
      if (!right.ok) {
        // It was not even tried.
        good();
        return right;
      }
      const person = roll.get(login);
      if (!right.value || person === undefined || person.disabled) return fail(refused());
      const signedIn = letIn(person, code);
      if (signedIn.ok || signedIn.failure.code === 'auth.second-factor') good();
      return signedIn;
    },
    /** Whoever finds a screen unlocked must not be able to try passwords on it either. */
    ownPassword: async (login: string, password: string): Promise<Result<void>> => {
      if (!byLogin.begin(login)) return fail(tooMany());
      const right = await passwords.verify(password, roll.get(login)?.passwordHash);
      if (!right.ok) return right;
      if (!right.value) return fail(refused());
      byLogin.good(login);
      return ok(undefined);
    },
  };
}

/**
 * Whose first factor was good, with everything that changed about the person: kept only when the second is good, too. Fails
 * with `auth.second-factor`, `auth.refused` or `limit.reached`.
 */
function createLetIn(clock: Clock, roll: Roll): (person: Person, code: string | undefined) => Result<Person> {
  const codes = createAttempts({ clock, max: limits.signInCodesPerLoginPerHourMax, windowMs: 60 * minute });
  /** What remains of the person after the second factor was used. */
  const secondFactor = (person: Person, code: string | undefined, now: Instant): Result<Person> => {
    if (person.totp === undefined) return ok(person);
    if (code === undefined)
      return fail(failure('auth.second-factor', 'a code of the second factor is wanted'));
    if (!codes.begin(person.login)) return fail(tooMany());
    const totp = afterSecondFactor(person.totp, code, now);
    if (totp === undefined) return fail(refused());
    codes.good(person.login);
    return ok({ ...person, totp });
  };
  return (person, code) => {
    const now = clock.now();
    const left = secondFactor(person, code, now);
    if (!left.ok) return left;
    const signedIn = { ...left.value, lastSignInAt: now };
    roll.replace(signedIn);
    return ok(signedIn);
  };
}

async function newPerson(
  { clock, passwords }: AccountsParts,
  { password, ...asked }: NewPerson,
): Promise<Result<Person>> {
  if (password === undefined) return ok({ ...asked, disabled: false, createdAt: clock.now() });
  const weak = weakness(password, asked.login, 'body.password');
  if (weak !== undefined) return fail(weak);
  const hashed = await passwords.hash(password);
  if (!hashed.ok) return hashed;
  return ok({ ...asked, passwordHash: hashed.value, disabled: false, createdAt: clock.now() });
}

interface PersonChange {
  readonly parts: AccountsParts;
  readonly roll: Roll;
  readonly login: string;
  readonly patch: UserPatch;
}

/** A new password, role, scope or being disabled ends the sessions: what they may is decided anew at the next sign-in. */
async function changePerson({ parts, roll, login, patch }: PersonChange): Promise<Result<Person>> {
  const { password, dropTotp, dropIdentity, ...fields } = patch;
  if (roll.get(login) === undefined) return fail(nobody(login));
  const weak = password === undefined ? undefined : weakness(password, login, 'body.password');
  if (weak !== undefined) return fail(weak);
  const hashed = password === undefined ? ok(undefined) : await parts.passwords.hash(password);
  if (!hashed.ok) return hashed;
  const person = roll.get(login);
  if (person === undefined) return fail(nobody(login));
  const { totp, identity, ...plain } = person;
  const next: Person = {
    ...plain,
    ...(identity === undefined || dropIdentity === true ? {} : { identity }),
    ...(totp === undefined || dropTotp === true ? {} : { totp }),
    ...(hashed.value === undefined ? {} : { passwordHash: hashed.value }),
    name: fields.name ?? person.name,
    role: fields.role ?? person.role,
    customers: fields.customers === undefined ? person.customers : fields.customers,
    disabled: fields.disabled ?? person.disabled,
  };
  if (next.role === 'administrator' && next.customers !== null) return fail(scopedAdministrator());
  const stays = next.role === 'administrator' && !next.disabled;
  if (!stays && isLastAdministrator(roll, person)) return fail(lastAdministrator());
  roll.replace(next);
  const otherRights =
    next.role !== person.role ||
    next.disabled !== person.disabled ||
    JSON.stringify(next.customers) !== JSON.stringify(person.customers);
  if (otherRights || password !== undefined || dropIdentity === true) parts.endSessions(login);
  return ok(next);
}

function isLastAdministrator({ people }: Roll, person: Person): boolean {
  const enabled = [...people.values()].filter((each) => each.role === 'administrator' && !each.disabled);
  return enabled.length === 1 && enabled[0]?.login === person.login;
}

/** NIST SP 800-63B-4: length counts, and it must not be what a guesser tries first. The schema has asked for the length. */
function weakness(password: string, login: string, path: string): Failure | undefined {
  const plain = password.normalize('NFKC').toLowerCase();
  const characters = new Set(plain);
  if (plain !== login && characters.size >= 4) return undefined;
  const message = 'wanted: a password that is not the login and has four different characters at least';
  return failure('input.invalid', message, { issues: [{ path, message }] });
}

function refused(): Failure {
  return failure('auth.refused', 'login, password or code is wrong');
}

function tooMany(): Failure {
  return failure('limit.reached', 'too many attempts; wait a minute', { retryable: true });
}

function noSetUp(): Failure {
  return failure('not-found', 'there is no POST at this address');
}

function nobody(login: string): Failure {
  return failure('not-found', `there is no person "${login}"`);
}

function taken(login: string): Failure {
  const message = `there is a person "${login}" already`;
  return failure('conflict', message, { issues: [{ path: 'body.login', message }] });
}

function lastAdministrator(): Failure {
  return failure('conflict', 'this is the last administrator who can sign in; make another one first');
}

function scopedAdministrator(): Failure {
  const message = 'wanted: null, because an administrator sees every customer';
  return failure('input.invalid', message, { issues: [{ path: 'body.customers', message }] });
}
