// Which of the customers' pages an address asks for: the part after `#customers=`. Pure. Words of the page begin with an
// underscore, which no key can, so that a site called "editar" stays reachable.

export type Place =
  | { readonly kind: 'list' | 'new-customer' | 'document' }
  | { readonly kind: 'customer' | 'edit-customer' | 'new-site'; readonly customer: string }
  | { readonly kind: 'site'; readonly customer: string; readonly site: string; readonly chosen?: Chosen }
  | { readonly kind: 'edit-site'; readonly customer: string; readonly site: string }
  | { readonly kind: 'enrol'; readonly customer: string; readonly site: string; readonly host?: string };

/** What of a site's drawing is shown in detail. */
export interface Chosen {
  readonly kind: 'link' | 'host';
  readonly key: string;
}

const words = {
  newCustomer: '_novo',
  document: '_inventario',
  edit: '_editar',
  newSite: '_nova-unidade',
  enrol: '_instalar',
  link: '_link',
  host: '_equipamento',
} as const;

/** What it does not understand is the nearest page above. */
export function placeOf(about: string): Place {
  const [customer = '', site = '', word = '', key = ''] = about.split('/');
  if (customer === '') return { kind: 'list' };
  if (customer === words.newCustomer) return { kind: 'new-customer' };
  if (customer === words.document) return { kind: 'document' };
  if (site === '') return { kind: 'customer', customer };
  if (site === words.edit) return { kind: 'edit-customer', customer };
  if (site === words.newSite) return { kind: 'new-site', customer };
  if (word === words.edit) return { kind: 'edit-site', customer, site };
  if (word === words.enrol) return { kind: 'enrol', customer, site, ...(key === '' ? {} : { host: key }) };
  if (key === '') return { kind: 'site', customer, site };
  if (word === words.link) return { kind: 'site', customer, site, chosen: { kind: 'link', key } };
  if (word === words.host) return { kind: 'site', customer, site, chosen: { kind: 'host', key } };
  return { kind: 'site', customer, site };
}

/** The way back: `placeOf(aboutOf(place))` is the same place. */
export function aboutOf(place: Place): string {
  switch (place.kind) {
    case 'list':
      return '';
    case 'new-customer':
      return words.newCustomer;
    case 'document':
      return words.document;
    case 'customer':
      return place.customer;
    case 'edit-customer':
      return `${place.customer}/${words.edit}`;
    case 'new-site':
      return `${place.customer}/${words.newSite}`;
    case 'site': {
      const { customer, site, chosen } = place;
      return `${customer}/${site}${chosen === undefined ? '' : `/${words[chosen.kind]}/${chosen.key}`}`;
    }
    case 'edit-site':
      return `${place.customer}/${place.site}/${words.edit}`;
    case 'enrol':
      return `${place.customer}/${place.site}/${words.enrol}${place.host === undefined ? '' : `/${place.host}`}`;
  }
}
