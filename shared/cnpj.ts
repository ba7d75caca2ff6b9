// The CNPJ: Brazil's company register number, numeric and, since July 2026, alphanumeric
// (Instrução Normativa RFB 2.229/2024: 12 characters 0-9 A-Z and two numeric check digits, modulo 11 over
// character code minus 48, weights 2..9 from the right).

const form = /^[0-9A-Z]{12}[0-9]{2}$/;

/** Strips `.`, `/`, `-` and blanks, upper-cases. Gives undefined unless both check digits are right. */
export function parseCnpj(text: string): string | undefined {
  const plain = text.replace(/[.\-/\s]/g, '').toUpperCase();
  if (!form.test(plain) || /^(.)\1{13}$/.test(plain)) return undefined;
  const first = checkDigit(plain.slice(0, 12));
  const second = checkDigit(plain.slice(0, 12) + first);
  return plain.endsWith(`${first}${second}`) ? plain : undefined;
}

/** `11222333000181` -> `11.222.333/0001-81`. Takes the plain 14-character form. */
export function formatCnpj(plain: string): string {
  return `${plain.slice(0, 2)}.${plain.slice(2, 5)}.${plain.slice(5, 8)}/${plain.slice(8, 12)}-${plain.slice(12)}`;
}

function checkDigit(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    const weight = 2 + ((text.length - 1 - index) % 8);
    sum += (text.charCodeAt(index) - 48) * weight;
  }
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}
