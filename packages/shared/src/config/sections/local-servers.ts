/** The mail servers of the hosted domains. */
import { formatHostPort } from '../../platform/network/addresses.ts';
import type { Findings } from '../schema/findings.ts';
import { listOf } from '../schema/format.ts';
import { key } from '../schema/key.ts';
import type { ListenSettings } from '../schema/listen-settings.ts';
import { localServer } from '../schema/local-server.ts';
import type { SettingsOf } from '../schema/place.ts';
import type { Hosted } from './domains.ts';
import type { HostSettings } from './role.ts';
import type { Roles } from './both-roles.ts';

export const localServerKeys = {
  localServers: key(
    listOf(localServer),
    [],
    'Mail servers of the hosted domains, where both gateways deliver. An item may be a mapping of ' +
      'address, weight (1 to 1000, default 1), tls (none, opportunistic, encrypt, verify; default ' +
      'opportunistic) and implicitTls (default false). Needed unless every domain names its own.',
    '["mail.internal:25", { address: "[2001:db8::5]:25", weight: 2, tls: verify }]',
    { at: 'usual.localServers' },
  ),
} as const;

type WithServers = SettingsOf<typeof localServerKeys> & Hosted;

export function checkLocalServers(settings: WithServers & Roles, findings: Findings): void {
  if (!findings.isSound('localServers')) return;
  checkEveryDomainIsServed(settings, findings);
  checkNoLoop(settings, findings);
}

function checkEveryDomainIsServed({ domains, usual }: WithServers, findings: Findings): void {
  if (usual.localServers.length > 0) return;
  const bare = domains.filter((domain) => domain.localServers.length === 0).map(({ name }) => name);
  if (bare.length === 0 && domains.length > 0) return;
  const problem = `is missing: mail for ${bare.join(', ') || 'the hosted domains'} has nowhere to go`;
  const fix = 'write localServers: ["mail.internal:25"], or localServers in each domain';
  findings.fault('localServers', null, problem, fix);
}

function checkNoLoop({ domains, inbound, outbound }: Hosted & Roles, findings: Findings): void {
  const gateways: [HostSettings, readonly ListenSettings[]][] = [
    [inbound, [...inbound.listen.mx, ...inbound.listen.submission]],
    [outbound, [...outbound.listen.mx, ...outbound.listen.submission]],
  ];
  const servers = new Map(
    domains.flatMap(({ localServers }) => localServers.map((server) => [formatHostPort(server), server])),
  );
  for (const [address, { host, port }] of servers) {
    const gateway = gateways.find(
      ([{ host: name, addresses }, listeners]) =>
        (host === name || addresses.includes(host)) && listeners.some((listen) => listen.port === port),
    );
    if (!gateway) continue;
    const problem = `is the gateway ${gateway[0].host} itself, so mail would loop`;
    findings.fault('localServers', address, problem, 'name the server that holds the mailboxes');
  }
}
