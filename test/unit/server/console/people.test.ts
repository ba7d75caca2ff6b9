// The pure parts of the console's people page: which customers a search finds, which fields a complaint is about, and
// what a line of the audit log says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditAction, auditDetail, auditWords } from '../../../../server/console/pages/people/audit-words.ts';
import {
  customersOf,
  searchCustomers,
  withChosen,
} from '../../../../server/console/pages/people/customers.ts';
import { failureText } from '../../../../server/console/pages/people/failure-text.ts';
import { formFields } from '../../../../server/console/view/form-problems.ts';

const customers = customersOf([
  { customer: 'sao-lucas', customerName: 'Clínica São Lucas' },
  { customer: 'aurora', customerName: 'Padaria Aurora Ltda' },
  { customer: 'sao-lucas', customerName: 'Clínica São Lucas' },
  { customer: 'otica', customerName: 'Ótica Visão' },
]);
const keys = (found: readonly { readonly key: string }[]): readonly string[] => found.map(({ key }) => key);

describe('customers of a scope', () => {
  test('each stands once, in the order of the Portuguese alphabet', () => {
    expect(keys(customers)).toEqual(['sao-lucas', 'otica', 'aurora']);
  });

  test('a search wants every word, in any order, without accents or capitals', () => {
    expect(keys(searchCustomers(customers, ' LUCAS  clinica '))).toEqual(['sao-lucas']);
    expect(keys(searchCustomers(customers, 'lucas aurora'))).toEqual([]);
    expect(searchCustomers(customers, '  ')).toBe(customers);
  });

  test('a chosen customer that left the inventory stays in the list, so that it can be taken off', () => {
    expect(keys(withChosen(customers, ['gone', 'aurora']))).toEqual(['sao-lucas', 'otica', 'aurora', 'gone']);
  });

  test('a search never finds what is not there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(customers).toEqual(expect.arrayContaining([...searchCustomers(customers, text)]));
      }),
    );
  });
});

describe('complaints about a form', () => {
  test('of a schema and of the server lead to the same field; those of no field are left out', () => {
    const complaints = [
      { path: 'body.login' },
      { path: ['password'] },
      { path: 'body.customers.0' },
      { path: 'body' },
      { path: 'query.limit' },
      { path: [] },
    ];
    const found = formFields(['login', 'password', 'customers', 'limit'] as const, complaints);
    expect([...found]).toEqual(['login', 'password', 'customers']);
  });
});

describe('why something about people was refused', () => {
  const words = {
    failure: { lastAdministrator: 'last', loginTaken: 'taken', tooMany: 'full', gone: 'gone' },
    request: {
      ...{ tooMany: 'wait', foreign: 'foreign', unreachable: 'silent', unreadable: 'other release' },
      failed: (status: number) => `code ${status}`,
    },
    sessionOver: 'over',
  };
  test.each([
    [{ kind: 'refused', status: 409 } as const, true, 'taken'],
    [{ kind: 'refused', status: 409 } as const, false, 'last'],
    [{ kind: 'refused', status: 429 } as const, true, 'full'],
    [{ kind: 'refused', status: 429 } as const, false, 'wait'],
    [{ kind: 'refused', status: 404 } as const, false, 'gone'],
    [{ kind: 'refused', status: 500 } as const, false, 'code 500'],
    [{ kind: 'signed-out' } as const, false, 'over'],
    [{ kind: 'unreachable' } as const, false, 'silent'],
  ])('%j while adding (%s) is "%s"', (failure, adding, text) => {
    expect(failureText(words, failure, { adding })).toBe(text);
  });
});

describe('a line of the audit log', () => {
  const { pt } = auditWords;

  test('is said in words where there are some, and shown as it came where not', () => {
    expect(auditAction(pt, 'POST /api/v1/incidents/:id/notes')).toBe('Comentou incidente');
    expect(auditAction(pt, 'sign-in.refused')).toBe('Entrada recusada');
    expect(auditAction(pt, 'POST /api/v1/nova')).toBe('POST /api/v1/nova');
    expect(auditAction(pt, 'toString')).toBe('toString');
  });

  test('tells a refusal with its code, and of what was done only the fields', () => {
    expect(auditDetail(pt, '409 login="ana"')).toBe('recusado (código 409) · login="ana"');
    expect(auditDetail(pt, '204')).toBe('');
    expect(auditDetail(pt, '201 role="viewer"')).toBe('role="viewer"');
    expect(auditDetail(pt, 'auth.second-factor')).toBe('senha certa, faltou o segundo fator');
    expect(auditDetail(pt, 'a code was wanted')).toBe('a code was wanted');
  });
});
