// Which fields of a form the complaints of a schema or of the server are about. Pure. The words stand in the catalogue:
// what the schemas say is English and for programmers.

interface Complaint {
  /** `['password']` from a schema, `body.password` from the server. */
  readonly path: string | readonly PropertyKey[];
}

/** Complaints about anything that is no field of this form are left to the caller, who then has an empty set. */
export function formFields<Field extends string>(
  fields: readonly Field[],
  complaints: readonly Complaint[],
): ReadonlySet<Field> {
  const named = new Set<Field>();
  for (const { path } of complaints) {
    const parts = typeof path === 'string' ? path.replace(/^body\.?/, '').split('.') : path.map(String);
    const field = fields.find((each) => each === parts[0]);
    if (field !== undefined) named.add(field);
  }
  return named;
}
