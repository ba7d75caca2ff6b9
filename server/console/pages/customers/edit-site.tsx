// The form of a site, new or known, with its links and devices. Rules between fields are the server's; here only what a field
// may be chosen from.
import { type ReactNode, useState } from 'react';
import type { ShownProvider, ShownSite } from '../../../../shared/api/inventory.ts';
import { brazilianStates } from '../../../../shared/states.ts';
import { useWords } from '../../i18n/words.ts';
import { customerIn, siteIn, sitePath, withoutSite, withSite } from './draft.ts';
import { Retire } from './edit-customer.tsx';
import { EditFrame, InventoryWaits } from './edit-frame.tsx';
import { HostFields, LinkFields } from './edit-things.tsx';
import { en, pt } from './edit-words.ts';
import { InventorySelect, InventoryText, NameAndKey } from './fields.tsx';
import { hrefOf, PageHead } from './parts.tsx';
import { type Editing, useEditing } from './use-editing.ts';
import { en as enShown, pt as ptShown } from './words.ts';

const empty: ShownSite = { key: '', name: '', city: '', state: '', links: [], hosts: [] };

/** `site` undefined: a new one of that customer. */
export function SiteEditor({
  customer,
  site,
}: {
  readonly customer: string;
  readonly site: string | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const editing = useEditing();
  const { inventory, steps } = editing;
  const owner = inventory.kind === 'loaded' ? customerIn(inventory.value, customer) : undefined;
  const known =
    inventory.kind === 'loaded' && site !== undefined ? siteIn(inventory.value, customer, site) : undefined;
  const gone =
    inventory.kind === 'loaded' && (owner === undefined || (site !== undefined && known === undefined));
  const name = owner?.name ?? customer;
  return (
    <>
      <PageHead
        title={site === undefined ? words.newSite(name) : words.editSite(known?.name ?? site)}
        crumbs={[
          { place: { kind: 'list' }, name: shown.customers },
          { place: { kind: 'customer', customer }, name },
        ]}
      />
      {inventory.kind !== 'loaded' ? (
        <InventoryWaits editing={editing} />
      ) : gone && steps.step.kind === 'editing' ? (
        <p className="empty">{owner === undefined ? shown.unknownCustomer : shown.unknownSite}</p>
      ) : (
        <SiteForm editing={editing} customer={customer} known={known} providers={inventory.value.providers} />
      )}
    </>
  );
}

interface FormProps {
  readonly editing: Editing;
  readonly customer: string;
  readonly known: ShownSite | undefined;
  readonly providers: readonly ShownProvider[];
}

function SiteForm({ editing, customer, known, providers }: FormProps): ReactNode {
  const words = useWords({ pt, en });
  // As it was when the form opened: a version fetched later must not turn a change into a new site.
  const [first] = useState(known);
  const [draft, setDraft] = useState<ShownSite>(first ?? empty);
  const [retired, setRetired] = useState(false);
  const set = (fields: Partial<ShownSite>): void => setDraft((before) => ({ ...before, ...fields }));
  const onCheck = (): void => {
    setRetired(false);
    editing.check((document) => {
      const made = withSite(document, draft, { customer, replaced: first?.key });
      return { document: made, path: sitePath(made, customer, draft.key) };
    });
  };
  const retire = (key: string): void => {
    setRetired(true);
    editing.check((document) => ({ document: withoutSite(document, customer, key), path: undefined }));
  };
  const back =
    first === undefined
      ? ({ kind: 'customer', customer } as const)
      : ({ kind: 'site', customer, site: first.key } as const);
  return (
    <EditFrame
      editing={editing}
      onCheck={onCheck}
      back={back}
      next={<Next customer={customer} site={retired ? undefined : draft.key} />}
    >
      <div className="inventory-fields">
        <NameAndKey name={draft.name} thingKey={draft.key} isNew={first === undefined} set={set} />
        <TownFields site={draft} set={set} />
      </div>
      <LinkFields links={draft.links} providers={providers} onLinks={(links) => set({ links })} />
      <HostFields hosts={draft.hosts} onHosts={(hosts) => set({ hosts })} />
      {first !== undefined && <Retire text={words.retireSite} onRetire={() => retire(first.key)} />}
    </EditFrame>
  );
}

function TownFields({
  site,
  set,
}: {
  readonly site: ShownSite;
  readonly set: (fields: Partial<ShownSite>) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  return (
    <>
      <InventoryText
        path="city"
        value={site.city}
        required
        maxLength={120}
        onValue={(city) => set({ city })}
      />
      <InventorySelect
        path="state"
        value={site.state}
        required
        options={[
          { value: '', text: words.choose },
          ...brazilianStates.map((state) => ({ value: state, text: state })),
        ]}
        onValue={(state) => set({ state })}
      />
      <InventoryText
        path="timeZone"
        value={site.timeZone}
        hint={words.hint.timeZone}
        onValue={(timeZone) => set({ timeZone })}
      />
    </>
  );
}

function Next({
  customer,
  site,
}: {
  readonly customer: string;
  readonly site: string | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  if (site === undefined) {
    return (
      <a className="button button-strong" href={hrefOf({ kind: 'customer', customer })}>
        {words.seeCustomer}
      </a>
    );
  }
  return (
    <>
      <a className="button button-strong" href={hrefOf({ kind: 'enrol', customer, site })}>
        {words.installNext}
      </a>
      <a className="button" href={hrefOf({ kind: 'site', customer, site })}>
        {words.seeSite}
      </a>
    </>
  );
}
