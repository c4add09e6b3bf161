/**
 * Where mail for a domain goes: a hosted domain to its local servers, never by MX; else by the first of `routes`
 * that matches (the domain itself, the longest `.parent`, `*`); else by MX.
 */
import type { DomainSettings } from '../../config/sections/domains.ts';
import type { LocalServerSettings } from '../../config/schema/local-server.ts';
import type { RouteSettings } from '../../config/schema/routes.ts';
import type { Settings } from '../../config/settings.ts';
import { normaliseDomain } from '../../platform/values/address.ts';
import type { NextHop, TlsLevel } from '../../platform/values/next-hop.ts';

export type Route =
  | { readonly kind: 'local'; readonly domain: string; readonly servers: readonly LocalServerSettings[] }
  | { readonly kind: 'static'; readonly hop: NextHop }
  | { readonly kind: 'mx'; readonly domain: string; readonly tls: TlsLevel };

export type RoutingSettings = Pick<Settings, 'domains' | 'routes'> & {
  readonly send: Pick<Settings['send'], 'tls'>;
};

/** Those of all hosted domains; one that serves several domains comes several times. */
export const localServersOf = ({ domains }: Pick<Settings, 'domains'>): LocalServerSettings[] =>
  domains.flatMap(({ localServers }) => localServers);

/**
 * `domain` is '' for `<postmaster>` (RFC 5321 §4.5.1), which belongs to the first hosted domain.
 * `passwordIn` gives what is in a password file.
 */
export function routeFor(
  domain: string,
  settings: RoutingSettings,
  passwordIn: (passwordFile: string) => string,
): Route {
  const name = normaliseDomain(domain);
  const hosted = hostedDomain(name, settings.domains);
  if (hosted) return { kind: 'local', domain: hosted.name, servers: hosted.localServers };
  const route = matchingRoute(name, settings.routes);
  if (route) return { kind: 'static', hop: nextHopOf(route, passwordIn) };
  return { kind: 'mx', domain: name, tls: settings.send.tls };
}

function hostedDomain(name: string, domains: readonly DomainSettings[]): DomainSettings | undefined {
  return name === '' ? domains[0] : domains.find((hosted) => hosted.name === name);
}

function matchingRoute(name: string, routes: ReadonlyMap<string, RouteSettings>): RouteSettings | undefined {
  const exact = routes.get(name);
  if (exact) return exact;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const parent = routes.get(name.slice(dot));
    if (parent) return parent;
  }
  return routes.get('*');
}

function nextHopOf(route: RouteSettings, passwordIn: (passwordFile: string) => string): NextHop {
  const { host, port, tls, implicitTls, auth } = route;
  const hop = { host, port, tls, implicitTls };
  return auth ? { ...hop, auth: { user: auth.user, password: passwordIn(auth.passwordFile) } } : hop;
}
