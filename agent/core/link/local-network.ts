// Whose address is this: the customer's own network's, or the provider's? As far as a number tells; used only where
// nothing better is known, and never to decide whether something answered.

/**
 * An address of the customer's own network, as far as an address tells: RFC 1918's 192.168/16 and 172.16/12, link-local,
 * unique local. 10/8 and 100.64/10 are left out: providers number their own routers with them.
 */
export function isLocalAddress(address: string): boolean {
  return (
    /^(192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|127)\./.test(address) || /^(fe[89ab]|f[cd])/i.test(address)
  );
}

/** RFC 1918 as a whole, and what never leaves a site. */
export function isPrivateAddress(address: string): boolean {
  return address.startsWith('10.') || isLocalAddress(address);
}
