/** Next hops in place of MX look-ups. */
import type { Findings } from '../schema/findings.ts';
import { key } from '../schema/key.ts';
import type { SettingsOf } from '../schema/place.ts';
import { routes } from '../schema/routes.ts';
import type { Hosted } from './domains.ts';

export const routeKeys = {
  routes: key(
    routes,
    new Map(),
    'Next hops in place of MX look-ups: a domain, .domain for its subdomains, or "*" for all the ' +
      'rest, to smtp://[user@]host[:port] (port 25) or smtps://… (port 465), with ?tls=none, ' +
      'opportunistic, encrypt or verify; or a mapping of url, tls and passwordFile. Hosted domains ' +
      'cannot be routed here.',
    '{ "example.net": "smtp://192.0.2.30:2525", "*": { url: "smtps://me@relay.example.net", ' +
      'passwordFile: /etc/mailpair/relay.password } }',
  ),
} as const;

export function checkRoutes(
  { domains, routes }: SettingsOf<typeof routeKeys> & Hosted,
  findings: Findings,
): void {
  for (const { name } of domains) {
    if (!routes.has(name)) continue;
    const fix = 'remove the route; set localServers of the domain instead';
    findings.fault(`routes["${name}"]`, name, 'is a hosted domain, which goes to its local servers', fix);
  }
}
