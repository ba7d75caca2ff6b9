// The people who sign in: a table (cards on a telephone), and what an administrator does to each. The list is fetched again
// after every change; nothing is assumed to have worked before the server said so.
import { type ReactNode, useState } from 'react';
import { type UserItem, userListSchema } from '../../../../shared/api/people.ts';
import { assertNever } from '../../../../shared/assert.ts';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { act } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { useSession } from '../../view/session.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { DayTime } from './day-time.tsx';
import { Confirm } from './dialog.tsx';
import { PersonForm, userUrl } from './person-form.tsx';
import { ScopeText } from './scope-text.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

const usersUrl = '/api/v1/users';

type Open =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit' | 'disable' | 'remove'; readonly user: UserItem };

export function PeopleSection(): ReactNode {
  const words = useWords(peopleWords).people;
  const { loaded, again } = useDetail({
    url: usersUrl,
    schema: userListSchema,
    version: undefined,
  });
  const [open, setOpen] = useState<Open>();
  const [said, setSaid] = useState('');
  const failureText = useFailureText();
  const close = (): void => setOpen(undefined);
  const done = (text: string): void => {
    setSaid(text);
    close();
    again();
  };
  const enable = async (user: UserItem): Promise<void> => {
    const answer = await act('PATCH', userUrl(user.login), { disabled: false });
    setSaid(answer.ok ? words.done.enabled(user.name) : failureText(answer.failure));
    again();
  };
  return (
    <section className="people-section" aria-labelledby="people-heading">
      <div className="section-head">
        <h3 id="people-heading">
          {loaded.value === undefined ? words.caption : words.count(loaded.value.items.length)}
        </h3>
        <button type="button" className="button button-strong" onClick={() => setOpen({ kind: 'add' })}>
          <Icon name="person" />
          {words.add}
        </button>
      </div>
      <p className="said" role="status">
        {said}
      </p>
      <LoadedPart loaded={loaded} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">{words.none}</p>
          ) : (
            <PeopleTable
              users={items}
              onOpen={(next) => {
                setSaid('');
                setOpen(next);
              }}
              onEnable={(user) => void enable(user)}
            />
          )
        }
      </LoadedPart>
      {open !== undefined && <OpenDialog open={open} onClose={close} onDone={done} />}
    </section>
  );
}

function OpenDialog(props: {
  readonly open: Open;
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}): ReactNode {
  const words = useWords(peopleWords).people;
  const failureText = useFailureText();
  const { open, onClose, onDone } = props;
  switch (open.kind) {
    case 'add':
      return <PersonForm onClose={onClose} onDone={(name) => onDone(words.done.added(name))} />;
    case 'edit':
      return (
        <PersonForm user={open.user} onClose={onClose} onDone={(name) => onDone(words.done.changed(name))} />
      );
    case 'disable':
    case 'remove': {
      const { user, kind } = open;
      const removes = kind === 'remove';
      const confirm = async (): Promise<string | undefined> => {
        const answer = removes
          ? await act('DELETE', userUrl(user.login))
          : await act('PATCH', userUrl(user.login), { disabled: true });
        if (!answer.ok) return failureText(answer.failure);
        onDone(removes ? words.done.removed(user.name) : words.done.disabled(user.name));
        return undefined;
      };
      return (
        <Confirm
          title={removes ? words.removeAsk(user.name) : words.disableAsk(user.name)}
          meaning={removes ? words.removeMeaning : words.disableMeaning}
          confirm={removes ? words.remove : words.disable}
          onConfirm={confirm}
          onClose={onClose}
        />
      );
    }
    default:
      return assertNever(open);
  }
}

interface TableProps {
  readonly users: readonly UserItem[];
  readonly onOpen: (open: Open) => void;
  readonly onEnable: (user: UserItem) => void;
}

type RowProps = Omit<TableProps, 'users'> & { readonly user: UserItem };

function PeopleTable({ users, onOpen, onEnable }: TableProps): ReactNode {
  const words = useWords(peopleWords).people;
  const { columns } = words;
  return (
    <table className="people-rows">
      <caption className="visually-hidden">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col">{columns.customers}</th>
          <th scope="col">{columns.totp}</th>
          <th scope="col">{columns.lastSignIn}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col">{columns.actions}</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <PersonRow key={user.login} user={user} onOpen={onOpen} onEnable={onEnable} />
        ))}
      </tbody>
    </table>
  );
}

function PersonRow({ user, onOpen, onEnable }: RowProps): ReactNode {
  const all = useWords(peopleWords);
  const words = all.people;
  const { role } = useWords(accountWords);
  const { columns } = words;
  const self = useSession()?.login === user.login;
  return (
    <tr data-disabled={user.disabled}>
      <th scope="row">
        {user.name}
        {self && <span className="tag">{words.you}</span>}
        <span className="row-note">{user.login}</span>
      </th>
      <td data-label={columns.role}>{role[user.role]}</td>
      <td data-label={columns.customers}>
        <ScopeText customers={user.customers} />
      </td>
      <td data-label={columns.totp}>
        <span className={user.totp ? 'state good' : 'state muted'}>
          <Icon name={user.totp ? 'up' : 'unknown'} />
          {user.totp ? words.totpOn : user.password ? words.totpOff : words.elsewhere}
        </span>
      </td>
      <td data-label={columns.lastSignIn}>
        {user.lastSignInAt === null ? (
          <span className="muted">{all.never}</span>
        ) : (
          <DayTime at={user.lastSignInAt} />
        )}
      </td>
      <td data-label={columns.state}>
        <span className={user.disabled ? 'state bad' : 'state good'}>
          <Icon name={user.disabled ? 'down' : 'up'} />
          {user.disabled ? words.disabled : words.active}
        </span>
      </td>
      <td className="row-actions">
        <RowActions user={user} onOpen={onOpen} onEnable={onEnable} />
      </td>
    </tr>
  );
}

function RowActions({ user, onOpen, onEnable }: RowProps): ReactNode {
  const words = useWords(peopleWords).people;
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={words.editOf(user.name)}
        onClick={() => onOpen({ kind: 'edit', user })}
      >
        {words.edit}
      </button>
      <button
        type="button"
        className="button"
        aria-label={user.disabled ? words.enableOf(user.name) : words.disableOf(user.name)}
        onClick={() => (user.disabled ? onEnable(user) : onOpen({ kind: 'disable', user }))}
      >
        {user.disabled ? words.enable : words.disable}
      </button>
      <button
        type="button"
        className="button"
        aria-label={words.removeOf(user.name)}
        onClick={() => onOpen({ kind: 'remove', user })}
      >
        {words.remove}
      </button>
    </>
  );
}
