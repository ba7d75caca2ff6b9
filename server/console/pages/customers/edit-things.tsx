// The links and the devices in a site's form: one group of fields each, with a button to take it out and one to add another.
import { type ReactNode, useRef } from 'react';
import type { ShownHost, ShownLink, ShownProvider } from '../../../../shared/api/inventory.ts';
import { hostRoles, linkRoles } from '../../../../shared/words.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { en, pt } from './edit-words.ts';
import { InventorySelect, InventoryText } from './fields.tsx';
import { hrefOf } from './parts.tsx';
import { en as enShown, pt as ptShown } from './words.ts';

export function LinkFields(props: {
  readonly links: readonly ShownLink[];
  readonly providers: readonly ShownProvider[];
  readonly onLinks: (links: ShownLink[]) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { links, providers, onLinks } = props;
  const set = (at: number, fields: Partial<ShownLink>): void =>
    onLinks(links.map((link, index) => (index === at ? { ...link, ...fields } : link)));
  return (
    <Things
      title={words.links}
      add={words.addLink}
      onAdd={() =>
        onLinks([...links, { key: '', provider: '', role: links.length === 0 ? 'primary' : 'backup' }])
      }
      note={
        <p className="form-hint">
          {words.noProvider} <a href={hrefOf({ kind: 'document' })}>{words.document.toLowerCase()}</a>.
        </p>
      }
    >
      {links.map((link, index) => (
        <Thing
          // biome-ignore lint/suspicious/noArrayIndexKey: a link's key is typed here; its place in the form is all it has
          key={index}
          title={words.linkNumber(index + 1, link.key)}
          onRemove={() => onLinks(links.filter((_, each) => each !== index))}
        >
          <OneLink
            link={link}
            path={`links[${index}]`}
            providers={providers}
            set={(fields) => set(index, fields)}
          />
        </Thing>
      ))}
    </Things>
  );
}

/** What may be left empty, in the order of the form. */
const linkTexts = [
  'publicAddress',
  'gateway',
  'source',
  'circuit',
  'interface',
  'firstHop',
  'name',
] as const satisfies readonly (keyof ShownLink)[];

function OneLink(props: {
  readonly link: ShownLink;
  readonly path: string;
  readonly providers: readonly ShownProvider[];
  readonly set: (fields: Partial<ShownLink>) => void;
}): ReactNode {
  const { messages } = useSpeech();
  const words = useWords({ pt, en });
  const { link, path, providers, set } = props;
  const hints: Readonly<Partial<Record<(typeof linkTexts)[number], string>>> = words.hint;
  return (
    <>
      <InventorySelect
        path={`${path}.provider`}
        value={link.provider}
        required
        options={[
          { value: '', text: words.choose },
          ...providers.map(({ key, name }) => ({ value: key, text: name })),
        ]}
        // The provider's key is what most links are called; whoever has two of one writes another.
        onValue={(provider) => set(link.key === '' ? { provider, key: provider } : { provider })}
      />
      <InventoryText
        path={`${path}.key`}
        value={link.key}
        required
        maxLength={63}
        onValue={(key) => set({ key })}
      />
      <InventorySelect
        path={`${path}.role`}
        value={link.role}
        options={linkRoles.map((role) => ({ value: role, text: messages.linkRole[role] }))}
        onValue={(value) => {
          const role = linkRoles.find((each) => each === value);
          if (role !== undefined) set({ role });
        }}
      />
      {linkTexts.map((name) => (
        <InventoryText
          key={name}
          path={`${path}.${name}`}
          value={link[name]}
          hint={hints[name]}
          onValue={(text) => set({ [name]: text })}
        />
      ))}
    </>
  );
}

export function HostFields(props: {
  readonly hosts: readonly ShownHost[];
  readonly onHosts: (hosts: ShownHost[]) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { hosts, onHosts } = props;
  const set = (at: number, fields: Partial<ShownHost>): void =>
    onHosts(hosts.map((host, index) => (index === at ? { ...host, ...fields } : host)));
  return (
    <Things
      title={words.hosts}
      add={words.addHost}
      onAdd={() => onHosts([...hosts, { key: '', name: '', role: 'server' }])}
    >
      {hosts.map((host, index) => {
        const path = `hosts[${index}]`;
        return (
          <Thing
            // biome-ignore lint/suspicious/noArrayIndexKey: a host's key is typed here; its place in the form is all it has
            key={index}
            title={words.hostNumber(index + 1, host.name)}
            onRemove={() => onHosts(hosts.filter((_, each) => each !== index))}
          >
            <OneHost host={host} path={path} others={hosts} set={(fields) => set(index, fields)} />
          </Thing>
        );
      })}
    </Things>
  );
}

function OneHost(props: {
  readonly host: ShownHost;
  readonly path: string;
  /** Of the site, itself among them. */
  readonly others: readonly ShownHost[];
  readonly set: (fields: Partial<ShownHost>) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const { host, path, others, set } = props;
  return (
    <>
      <InventoryText
        path={`${path}.name`}
        value={host.name}
        required
        maxLength={120}
        onValue={(name) => set({ name })}
      />
      <InventoryText
        path={`${path}.key`}
        value={host.key}
        required
        maxLength={63}
        onValue={(key) => set({ key })}
      />
      <InventorySelect
        path={`${path}.role`}
        value={host.role}
        options={hostRoles.map((role) => ({ value: role, text: shown.hostKind[role] }))}
        onValue={(value) => {
          const role = hostRoles.find((each) => each === value);
          if (role !== undefined) set({ role });
        }}
      />
      <InventoryText path={`${path}.address`} value={host.address} onValue={(address) => set({ address })} />
      <InventorySelect
        path={`${path}.parent`}
        value={host.parent ?? ''}
        hint={words.hint.parent}
        options={[
          { value: '', text: words.nobody },
          ...others
            .filter((each) => each !== host && each.key !== '')
            .map(({ key, name }) => ({ value: key, text: name === '' ? key : name })),
        ]}
        onValue={(parent) => set({ parent })}
      />
    </>
  );
}

function Things(props: {
  readonly title: string;
  readonly add: string;
  readonly onAdd: () => void;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const { title, add, onAdd, note, children } = props;
  return (
    <fieldset className="inventory-things">
      <legend>{title}</legend>
      {note}
      {children}
      <button type="button" className="button" onClick={onAdd}>
        <span aria-hidden="true">+</span> {add}
      </button>
    </fieldset>
  );
}

function Thing(props: {
  readonly title: string;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const words = useWords({ pt, en });
  const { title, onRemove, children } = props;
  const group = useRef<HTMLFieldSetElement>(null);
  return (
    <fieldset className="inventory-thing" ref={group}>
      <legend>{title}</legend>
      <div className="inventory-fields">{children}</div>
      <button
        type="button"
        className="button"
        aria-label={words.removeNamed(title)}
        onClick={() => {
          // The button goes with its group: the focus must not fall back to the top of the page.
          const next = group.current?.parentElement?.querySelector<HTMLElement>(':scope > button');
          onRemove();
          next?.focus();
        }}
      >
        <Icon name="close" />
        {words.remove}
      </button>
    </fieldset>
  );
}
