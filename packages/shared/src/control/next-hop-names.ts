/** The names of next hops as logs, `queue list` and rests have them. */
import { destinationOf } from '../attempt.ts';
import { isOpen, type Entry } from '../values/entry.ts';
import { routeFor, type Route, type RoutingSettings } from '../route/route.ts';
import { domainOf } from '../values/address.ts';

export interface NextHopNames {
  routeOf(address: string): Route;
  nameOf(address: string): string;
  /** Of the recipients that are still open, each once. */
  ofEntry(entry: Entry): string[];
}

/** Looks each domain up once, so make a new one whenever the settings may have changed. */
export function createNextHopNames(settings: RoutingSettings): NextHopNames {
  const known = new Map<string, { readonly route: Route; readonly name: string }>();
  const lookUp = (address: string): { readonly route: Route; readonly name: string } => {
    const domain = domainOf(address);
    let found = known.get(domain);
    if (!found) {
      const route = routeFor(domain, settings, () => '');
      known.set(domain, (found = { route, name: destinationOf(route) }));
    }
    return found;
  };
  const nameOf = (address: string): string => lookUp(address).name;
  return {
    routeOf: (address) => lookUp(address).route,
    nameOf,
    ofEntry: ({ recipients }) => [
      ...new Set(recipients.filter(isOpen).map(({ address }) => nameOf(address))),
    ],
  };
}
