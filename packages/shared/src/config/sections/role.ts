/** What both roles are described by: names and addresses, their machines, and what each machine has. */
import { formatHostPort, isLoopback, isUnspecified } from '../../platform/network/addresses.ts';
import type { HostPort } from '../../platform/network/addresses.ts';
import { count, directory, listOf } from '../schema/format.ts';
import type { Format } from '../schema/format.ts';
import { key, optional, required } from '../schema/key.ts';
import { optionalListenAddress } from '../schema/listen.ts';
import { address, gatewayName } from '../schema/names.ts';
import type { SettingsOf } from '../schema/place.ts';
import { givenOf, ownLimitKeys } from './limits.ts';
import type { OwnLimits } from './limits.ts';
import { node, url } from './nodes.ts';
import type { NodeSettings } from './nodes.ts';

const workers: Format<number | 'auto'> = {
  name: 'auto | number of processes',
  expects: 'auto or a whole number from 1 to 256',
  read: (raw, at, findings) => (raw === 'auto' ? 'auto' : count(1, 256).read(raw, at, findings)),
};

/** A file that the gateway writes itself. */
const trackFile: Format<string> = { ...directory, name: 'path' };

const restart = { reload: 'restart' } as const;

/** How the documentation shows a role. */
interface Examples {
  readonly host: string;
  readonly addresses: string;
  readonly nodes: string;
  /** Of this host, where its partner reaches it. */
  readonly address: string;
  readonly httpPort: number;
  readonly workers: string;
  readonly sourceAddresses: string;
  readonly publicSourceAddresses: string;
}

export const nameKeys = (role: string, { host, addresses }: Examples) => ({
  host: required(
    gatewayName,
    '',
    `Public name of the ${role} gateway: in its greeting, in EHLO to others, in Received, in the MX record.`,
    host,
    restart,
  ),
  addresses: key(listOf(address), [], 'Its public addresses, for DNS.', addresses, restart),
});

const sourceKeys = (examples: Examples) => ({
  sourceAddresses: key(
    listOf(address),
    [],
    'Addresses of this host that its connections to other hosts start from, one of each family; without them the ' +
      'system picks. For a host with several addresses: receivers hold this one against SPF and PTR, local servers ' +
      'know the pair by it. Nodes that need one each set it by environment.',
    examples.sourceAddresses,
    restart,
  ),
  publicSourceAddresses: key(
    listOf(address),
    [],
    'Addresses that receivers see its connections come from, where a router translates them (NAT): "mailpair dns plan" puts them into ' +
      'SPF and asks for their PTR records, and "mailpair dns verify" checks both. Without them, sourceAddresses.',
    examples.publicSourceAddresses,
  ),
});

export const machineKeys = (role: string, examples: Examples) => ({
  nodes: key(
    listOf(node),
    [],
    'The machines of this role, when there is more than one: each a mapping of host, addresses and url, and of limits and load ' +
      'where the machine differs from the rest. ' +
      `${role}.host is then the name of all of them, and has all their addresses unless ${role}.addresses ` +
      'says otherwise.',
    examples.nodes,
    restart,
  ),
  url: optional(
    url,
    `Where the partner reaches the HTTP listener of this host; without it, the address of ${role}.http.`,
    `https://${examples.address}:${examples.httpPort}`,
  ),
  spool: key(
    directory,
    `/var/spool/mailpair-${role}`,
    'Directory of the spool; it must survive a reboot.',
    `/var/spool/mailpair-${role}`,
    restart,
  ),
  http: key(
    optionalListenAddress,
    `127.0.0.1:${examples.httpPort}`,
    'Where /healthz, /readyz, /metrics and /api are served, and where partners meet; none turns them off. Beyond loopback ' +
      'it speaks TLS, with a key that partners know by the secret of the pair.',
    `127.0.0.1:${examples.httpPort}`,
    restart,
  ),
  workers: key(
    workers,
    'auto',
    'Processes that share the work, each with its own part of the spool; auto is one for each core, and fewer where a container ' +
      'or a service has less than 128 MB for each. A change takes a restart.',
    examples.workers,
    restart,
  ),
  agent: optional(
    optionalListenAddress,
    'Where HAProxy asks for the weight of this gateway (agent-check), and F5 BIG-IP and Envoy whether it takes clients; ' +
      '"mailpair balancer haproxy" prints the configuration to go with it.',
    `${examples.address}:7025`,
    restart,
  ),
  trackFile: optional(
    trackFile,
    'File that holds the headroom of this gateway, for keepalived (track_file); "mailpair balancer keepalived" ' +
      'prints the configuration to go with it. Its directory must be there, and writable for the gateway.',
    `/run/mailpair-${role}/headroom`,
    restart,
  ),
  ...ownLimitKeys(role),
  ...sourceKeys(examples),
});

type RoleValues = SettingsOf<ReturnType<typeof nameKeys> & ReturnType<typeof machineKeys>>;

/** `url` is that of each node, and of limits and load only what differs from the pair is there. */
export interface HostSettings extends Omit<RoleValues, 'url' | 'limits' | 'load'>, OwnLimits {}

/** A role without nodes is one node by itself, and one without addresses has those of its nodes. */
export function hostOf<R extends RoleValues>(values: R): Omit<R, 'url' | 'limits' | 'load'> & OwnLimits {
  const { url, limits, load, ...role } = values;
  const itself = { host: role.host, addresses: role.addresses, url, limits: {}, load: {} };
  const nodes = (role.nodes.length > 0 ? role.nodes : [itself]).map((node) => ({
    ...node,
    url: node.url ?? urlOf(node, role.http),
  }));
  const addresses = role.addresses.length > 0 ? role.addresses : nodes.flatMap((node) => node.addresses);
  return { ...role, addresses, nodes, limits: givenOf(limits), load: givenOf(load) };
}

/** A listener beyond loopback speaks TLS. */
function urlOf({ host }: Pick<NodeSettings, 'host'>, http: HostPort | null): string | null {
  if (!http) return null;
  const scheme = isLoopback(http.host) ? 'http' : 'https';
  const reachedBy = isUnspecified(http.host) ? host : http.host;
  return `${scheme}://${formatHostPort({ host: reachedBy, port: http.port })}`;
}
