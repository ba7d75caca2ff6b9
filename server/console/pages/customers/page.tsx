// The customers' pages: list, one customer, one site, editing, enrolling; which one stands in the address. Knows the way
// between them and nothing of what they show.
import type { ReactNode } from 'react';
import { assertNever } from '../../../../shared/assert.ts';
import type { PageProps } from '../../view/pages.tsx';
import { CustomerPart } from './customer.tsx';
import { DocumentEditor } from './document-editor.tsx';
import { CustomerEditor } from './edit-customer.tsx';
import { SiteEditor } from './edit-site.tsx';
import { EnrolPart } from './enrol.tsx';
import { CustomerList } from './list.tsx';
import { type Place, placeOf } from './place.ts';
import { SitePart } from './site.tsx';
import './customers.css';

export function CustomersPage({ about }: PageProps): ReactNode {
  return <PlacePart place={placeOf(about)} />;
}

/** Keys: what was typed for one site must never be left standing in the form of the next. */
function PlacePart({ place }: { readonly place: Place }): ReactNode {
  switch (place.kind) {
    case 'list':
      return <CustomerList />;
    case 'document':
      return <DocumentEditor />;
    case 'new-customer':
      return <CustomerEditor key="new" customer={undefined} />;
    case 'customer':
      return <CustomerPart key={place.customer} customer={place.customer} />;
    case 'edit-customer':
      return <CustomerEditor key={place.customer} customer={place.customer} />;
    case 'new-site':
      return <SiteEditor key={place.customer} customer={place.customer} site={undefined} />;
    case 'edit-site':
      return (
        <SiteEditor key={`${place.customer}/${place.site}`} customer={place.customer} site={place.site} />
      );
    case 'site':
      return (
        <SitePart
          key={`${place.customer}/${place.site}`}
          customer={place.customer}
          site={place.site}
          chosen={place.chosen}
        />
      );
    case 'enrol':
      return (
        <EnrolPart
          key={`${place.customer}/${place.site}`}
          customer={place.customer}
          site={place.site}
          host={place.host}
        />
      );
    default:
      return assertNever(place);
  }
}
