/** The names of next hops as logs, `queue list` and rests have them. */
import { destinationOf } from '../gateway/dispatch/attempt.ts';
import { isOpen, type Entry } from '../platform/values/entry.ts';
import { routeFor, type Route, type RoutingSettings } from '../smtp/route/route.ts';
import { domainOf } from '../platform/values/address.ts';

export interface NextHopNames {
  routeOf(address: string): Route;
  nameOf(address: string): string;
  ofDomain(domain: string): string;
  /** Of the recipients that are still open, each once. */
  ofEntry(entry: Entry): string[];
}

/** A look up takes as long as all the rest of an item in a list, so they are kept; so many domains at most. */
const MOST_KEPT = 20_000;

/** Those of the settings in effect: kept until these are others. */
export function keepNextHopNames(settings: () => RoutingSettings): () => NextHopNames {
  let of: RoutingSettings | undefined;
  let names: NextHopNames | undefined;
  return () => {
    const now = settings();
    if (!names || now !== of) names = createNextHopNames((of = now));
    return names;
  };
}

/** Looks each domain up once, so make a new one whenever the settings may have changed. */
function createNextHopNames(settings: RoutingSettings): NextHopNames {
  const known = new Map<string, { readonly route: Route; readonly name: string }>();
  const lookUp = (domain: string): { readonly route: Route; readonly name: string } => {
    let found = known.get(domain);
    if (!found) {
      if (known.size >= MOST_KEPT) known.clear();
      const route = routeFor(domain, settings, () => '');
      known.set(domain, (found = { route, name: destinationOf(route) }));
    }
    return found;
  };
  const nameOf = (address: string): string => lookUp(domainOf(address)).name;
  return {
    routeOf: (address) => lookUp(domainOf(address)).route,
    nameOf,
    ofDomain: (domain) => lookUp(domain).name,
    ofEntry: ({ recipients }) => [
      ...new Set(recipients.filter(isOpen).map(({ address }) => nameOf(address))),
    ],
  };
}
