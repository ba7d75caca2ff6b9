// API tokens: which programs may ask, with which role and scope; making one (shown once) and revoking one.
import { type ReactNode, useState } from 'react';
import { type ApiTokenItem, apiTokenListSchema } from '../../../../shared/api/people.ts';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { act } from '../../request.ts';
import { Icon } from '../../view/icon.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { useServerTick } from '../../view/wall-context.ts';
import { DayTime } from './day-time.tsx';
import { Confirm } from './dialog.tsx';
import { ScopeText } from './scope-text.tsx';
import { TokenForm } from './token-form.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

export function TokensSection(): ReactNode {
  const words = useWords(peopleWords).tokens;
  const url = '/api/v1/api-tokens';
  const { loaded, again } = useDetail({
    url,
    schema: apiTokenListSchema,
    version: undefined,
  });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiTokenItem>();
  const [said, setSaid] = useState('');
  const failureText = useFailureText();
  const revoke = async (token: ApiTokenItem): Promise<string | undefined> => {
    const answer = await act('DELETE', `${url}/${encodeURIComponent(token.id)}`);
    again();
    if (!answer.ok) return failureText(answer.failure);
    setRevoking(undefined);
    setSaid(words.revoked(token.name));
    return undefined;
  };
  return (
    <section className="people-section" aria-labelledby="tokens-heading">
      <div className="section-head">
        <h3 id="tokens-heading">{words.caption}</h3>
        <button type="button" className="button button-strong" onClick={() => setMaking(true)}>
          <Icon name="pen" />
          {words.make}
        </button>
      </div>
      <p className="muted">{words.intro}</p>
      <p className="said" role="status">
        {said}
      </p>
      <LoadedPart loaded={loaded} again={again}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">{words.none}</p>
          ) : (
            <TokenTable tokens={items} onRevoke={setRevoking} />
          )
        }
      </LoadedPart>
      {making && <TokenForm onClose={() => setMaking(false)} onMade={again} />}
      {revoking !== undefined && (
        <Confirm
          title={words.revokeAsk(revoking.name)}
          meaning={words.revokeMeaning}
          confirm={words.revoke}
          onConfirm={() => revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </section>
  );
}

interface TableProps {
  readonly tokens: readonly ApiTokenItem[];
  readonly onRevoke: (token: ApiTokenItem) => void;
}

function TokenTable({ tokens, onRevoke }: TableProps): ReactNode {
  const words = useWords(peopleWords).tokens;
  const { columns } = words;
  return (
    <table className="people-rows">
      <caption className="visually-hidden">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.role}</th>
          <th scope="col">{columns.customers}</th>
          <th scope="col">{columns.created}</th>
          <th scope="col">{columns.used}</th>
          <th scope="col">{columns.expires}</th>
          <th scope="col">{columns.actions}</th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={onRevoke} />
        ))}
      </tbody>
    </table>
  );
}

function TokenRow({
  token,
  onRevoke,
}: {
  readonly token: ApiTokenItem;
  readonly onRevoke: TableProps['onRevoke'];
}): ReactNode {
  const all = useWords(peopleWords);
  const words = all.tokens;
  const { role } = useWords(accountWords);
  const { columns } = words;
  return (
    <tr>
      <th scope="row">{token.name}</th>
      <td data-label={columns.role}>{role[token.role]}</td>
      <td data-label={columns.customers}>
        <ScopeText customers={token.customers} />
      </td>
      <td data-label={columns.created}>
        <DayTime at={token.createdAt} />
        <span className="row-note">{words.by(token.createdBy)}</span>
      </td>
      <td data-label={columns.used}>
        {token.lastUsedAt === null ? (
          <span className="muted">{all.never}</span>
        ) : (
          <DayTime at={token.lastUsedAt} />
        )}
      </td>
      <td data-label={columns.expires}>
        {token.expiresAt === null ? words.forever : <Expiry at={token.expiresAt} />}
      </td>
      <td className="row-actions">
        <button
          type="button"
          className="button"
          aria-label={words.revokeOf(token.name)}
          onClick={() => onRevoke(token)}
        >
          {words.revoke}
        </button>
      </td>
    </tr>
  );
}

function Expiry({ at }: { readonly at: string }): ReactNode {
  const words = useWords(peopleWords).tokens;
  const over = useServerTick((now) => now >= Date.parse(at));
  return (
    <>
      <DayTime at={at} />
      {over && (
        <span className="row-note">
          <span className="state bad">
            <Icon name="down" />
            {words.expired}
          </span>
        </span>
      )}
    </>
  );
}
