// Branded identifiers. Only this file makes them, so that a customer key can never stand where a site key belongs.

export type CustomerKey = string & { readonly __customer: unique symbol };
/** `customer/site` */
export type SiteId = string & { readonly __site: unique symbol };
export type AgentId = string & { readonly __agent: unique symbol };
export type SessionId = string & { readonly __session: unique symbol };
export type IncidentId = string & { readonly __incident: unique symbol };
export type EffectKey = string & { readonly __effect: unique symbol };

export const customerKey = (text: string): CustomerKey => text as CustomerKey;
export const siteId = (customer: string, site: string): SiteId => `${customer}/${site}` as SiteId;
export const agentId = (text: string): AgentId => text as AgentId;
export const sessionId = (text: string): SessionId => text as SessionId;
export const effectKey = (text: string): EffectKey => text as EffectKey;

/** An incident's id is derived from the input that opened it, never drawn: the same journal gives the same ids. */
export const incidentId = (inputSeq: number, index: number): IncidentId =>
  `inc-${inputSeq}-${index}` as IncidentId;
/** For ids that come back from a store or a URL. */
export const incidentIdFrom = (text: string): IncidentId => text as IncidentId;
export const siteIdFrom = (text: string): SiteId => text as SiteId;

/** The two halves of a site id. Keys never contain a slash (the inventory schema refuses it). */
export function splitSiteId(id: SiteId): { readonly customer: string; readonly site: string } {
  const slash = id.indexOf('/');
  return { customer: id.slice(0, slash), site: id.slice(slash + 1) };
}
