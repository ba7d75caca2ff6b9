// The contracts and calendars of all plans, customers and places of one configuration, each made when first asked for and
// kept. A changed configuration is a new set. This is what `sla.ts` and `escalation.ts` are handed.
import { limits } from '../../../shared/limits.ts';
import type { SlaPolicies } from '../../../shared/sla-policy.ts';
import type { Plan } from '../../../shared/words.ts';
import { type Calendar, createCalendar } from './calendar.ts';
import { type Contract, contractOf, customerPolicy } from './contract.ts';
import type { Place } from './holidays.ts';
import { supportHours } from './support-hours.ts';
import { cityKey } from './town-rules.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface Calendars {
  readonly policies: SlaPolicies;
  /** `customer`: its key; absent: nobody's in particular, the plan's hours. */
  of(plan: Plan, place: Place, customer?: string): Calendar;
  /** What holds for this customer of this plan. */
  contract(plan: Plan, customer?: string): Contract;
  zone(name: string): Zone;
  /** How often calendars or their days were thrown away because they were too many. */
  cleared(): number;
}

/** `readZone` is the zone data; a test hands in rules that no zone has yet. */
export function createCalendars(policies: SlaPolicies, readZone: (name: string) => Zone = zoneOf): Calendars {
  const calendars = new Map<string, Calendar>();
  const contracts = new Map<string, Contract>();
  const zones = new Map<string, Zone>();
  let cleared = 0;
  const zone = (name: string): Zone => {
    const known = zones.get(name) ?? readZone(name);
    zones.set(name, known);
    return known;
  };
  // As many as plans and the configuration's customers: bounded by its schema.
  const contract = (plan: Plan, customer?: string): Contract => {
    const key = customerPolicy(policies, customer) === undefined ? plan : `${plan}/${customer}`;
    const known = contracts.get(key) ?? contractOf(policies, plan, customer);
    contracts.set(key, known);
    return known;
  };
  return {
    policies,
    zone,
    contract,
    of(plan, place, customer) {
      // Customers without hours of their own share their plan's calendars.
      const whose = customerPolicy(policies, customer)?.hours === undefined ? '' : customer;
      const key = `${plan}/${whose}/${place.timeZone}/${place.state}/${cityKey(place.city)}`;
      const known = calendars.get(key);
      if (known !== undefined) return known;
      if (calendars.size >= limits.slaCalendarsMax) {
        for (const each of calendars.values()) cleared += each.cleared;
        calendars.clear();
        cleared += 1;
      }
      const { holidays } = policies;
      const made = createCalendar({
        hours: supportHours(contract(plan, customer).hours),
        place,
        zone: zone(place.timeZone),
        switches: holidays,
      });
      calendars.set(key, made);
      return made;
    },
    cleared() {
      let sum = cleared;
      for (const each of calendars.values()) sum += each.cleared;
      return sum;
    },
  };
}
