// The form of a customer, new or known: name, CNPJ, plan. Its sites have a form each. Retiring goes the same way as any
// change: reviewed first.
import { type ReactNode, useState } from 'react';
import type { ShownCustomer } from '../../../../shared/api/inventory.ts';
import { plans } from '../../../../shared/words.ts';
import { useWords } from '../../i18n/words.ts';
import { customerIn, customerPath, withCustomer, withoutCustomer } from './draft.ts';
import { EditFrame, InventoryWaits } from './edit-frame.tsx';
import { en, pt } from './edit-words.ts';
import { InventorySelect, InventoryText, NameAndKey } from './fields.tsx';
import { hrefOf, PageHead } from './parts.tsx';
import { type Editing, useEditing } from './use-editing.ts';
import { en as enShown, pt as ptShown } from './words.ts';

const empty: ShownCustomer = { key: '', name: '', cnpj: '', plan: 'PRO', sites: [] };

/** `customer` undefined: a new one. */
export function CustomerEditor({ customer }: { readonly customer: string | undefined }): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const editing = useEditing();
  const known =
    customer !== undefined && editing.inventory.kind === 'loaded'
      ? customerIn(editing.inventory.value, customer)
      : undefined;
  const list = { place: { kind: 'list' }, name: shown.customers } as const;
  const gone = customer !== undefined && editing.inventory.kind === 'loaded' && known === undefined;
  return (
    <>
      <PageHead
        title={customer === undefined ? words.newCustomer : words.editCustomer(known?.name ?? customer)}
        crumbs={
          customer === undefined
            ? [list]
            : [list, { place: { kind: 'customer', customer }, name: known?.name ?? customer }]
        }
      />
      {editing.inventory.kind !== 'loaded' ? (
        <InventoryWaits editing={editing} />
      ) : gone && editing.steps.step.kind === 'editing' ? (
        <p className="empty">{shown.unknownCustomer}</p>
      ) : (
        <CustomerForm editing={editing} known={known} />
      )}
    </>
  );
}

function CustomerForm({
  editing,
  known,
}: {
  readonly editing: Editing;
  readonly known: ShownCustomer | undefined;
}): ReactNode {
  const words = useWords({ pt, en });
  // As it was when the form opened: a version fetched later must not turn a change into a new customer.
  const [first] = useState(known);
  const [draft, setDraft] = useState<ShownCustomer>(first ?? empty);
  const [retired, setRetired] = useState(false);
  const set = (fields: Partial<ShownCustomer>): void => setDraft((before) => ({ ...before, ...fields }));
  const onCheck = (): void => {
    setRetired(false);
    editing.check((document) => {
      // Its sites are those of the version at hand: this form does not hold them.
      const sites = first === undefined ? [] : (customerIn(document, first.key)?.sites ?? []);
      const made = withCustomer(document, { ...draft, sites }, first?.key);
      return { document: made, path: customerPath(made, draft.key) };
    });
  };
  const retire = (key: string): void => {
    setRetired(true);
    editing.check((document) => ({ document: withoutCustomer(document, key), path: undefined }));
  };
  return (
    <EditFrame
      editing={editing}
      onCheck={onCheck}
      back={first === undefined ? { kind: 'list' } : { kind: 'customer', customer: first.key }}
      next={<Next customer={draft.key} retired={retired} fresh={first === undefined} />}
    >
      <div className="inventory-fields">
        <NameAndKey name={draft.name} thingKey={draft.key} isNew={first === undefined} set={set} />
        <InventoryText path="cnpj" value={draft.cnpj} required onValue={(cnpj) => set({ cnpj })} />
        <InventorySelect
          path="plan"
          value={draft.plan}
          options={plans.map((plan) => ({ value: plan, text: plan }))}
          onValue={(value) => {
            const plan = plans.find((each) => each === value);
            if (plan !== undefined) set({ plan });
          }}
        />
      </div>
      {first !== undefined && <Retire text={words.retireCustomer} onRetire={() => retire(first.key)} />}
    </EditFrame>
  );
}

export function Retire({
  text,
  onRetire,
}: {
  readonly text: string;
  readonly onRetire: () => void;
}): ReactNode {
  const words = useWords({ pt, en });
  return (
    <p className="inventory-retire">
      <button type="button" className="button" onClick={onRetire}>
        {text}
      </button>
      <span className="muted">{words.retireHint}</span>
    </p>
  );
}

function Next(props: {
  readonly customer: string;
  readonly retired: boolean;
  readonly fresh: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const shown = useWords({ pt: ptShown, en: enShown });
  const { customer, retired, fresh } = props;
  if (retired) {
    return (
      <a className="button button-strong" href={hrefOf({ kind: 'list' })}>
        {words.seeCustomers}
      </a>
    );
  }
  return (
    <>
      {fresh && (
        <a className="button button-strong" href={hrefOf({ kind: 'new-site', customer })}>
          {shown.newSite}
        </a>
      )}
      <a className="button" href={hrefOf({ kind: 'customer', customer })}>
        {words.seeCustomer}
      </a>
    </>
  );
}
