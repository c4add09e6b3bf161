/** Who may ask the HTTP listener of this node, by which names, and with which key it answers: what follows from the settings. */
import { networkInterfaces } from 'node:os';
import { ownNamesOf } from '../../config/own-names.ts';
import {
  createNetworks,
  formatNetwork,
  hostOfUrl,
  isAddress,
  isLoopback,
  isUnspecified,
  loopbackNetworks,
  normaliseAddress,
  parseNetwork,
} from '../../platform/network/addresses.ts';
import { issueCredentials, trustedFor, type Credentials } from '../../platform/http/http-authority.ts';
import type { HostSettings } from '../../config/sections/role.ts';
import type { ListenSettings } from '../../config/schema/listen-settings.ts';
import type { NodeSettings } from '../../config/sections/nodes.ts';
import type { Settings } from '../../config/settings.ts';

export interface HttpAccessRules {
  /** Whether a client may read what is for monitoring without a token. */
  allows(address: string): boolean;
  /** Whether a name or an address in a Host field means this node. */
  isOwnHost(name: string): boolean;
}

/** @param host this node */
export function accessRules(host: HostSettings, settings: Settings): HttpAccessRules {
  const networks = createNetworks(allowedNetworks(host, settings));
  const names = new Set([...ownNames(host), ...ownNamesOf(settings).ownNames]);
  return {
    allows: (address) => networks.has(address),
    isOwnHost: (name) => names.has(normaliseAddress(name)) || isOwnAddress(normaliseAddress(name)),
  };
}

function allowedNetworks({ host: self }: HostSettings, { http, inbound, outbound }: Settings): string[] {
  const partners = [...inbound.nodes, ...outbound.nodes].filter(({ host }) => host !== self);
  return http.allow.flatMap((item) => {
    if (item === 'loopback') return loopbackNetworks;
    return item === 'partner' ? partners.flatMap(addressesOf) : item;
  });
}

/**
 * Who looks by SMTP whether this node is well: its load balancers, all nodes (dns-rr runs on one of them), and the networks of
 * `http.allow`. Loopback is not among them, because a program of this host may forward mail of strangers.
 * @returns whether an address is one of them, by the settings as they are then
 */
export function checkers(
  settings: () => Settings,
  listeners: (of: Settings) => readonly { readonly listen: ListenSettings }[],
): (address: string) => boolean {
  let of: Settings | undefined;
  let networks = createNetworks([]);
  return (address) => {
    const now = settings();
    if (now !== of) networks = createNetworks(checkingNetworks(now, listeners(now)));
    of = now;
    return networks.has(address);
  };
}

const checkingNetworks = (
  { http, inbound, outbound }: Settings,
  listeners: readonly { readonly listen: ListenSettings }[],
): string[] => [
  ...listeners.flatMap(({ listen }) => listen.proxy ?? []),
  ...[...inbound.nodes, ...outbound.nodes]
    .flatMap(addressesOf)
    .filter((network) => !isLoopback(network.split('/')[0]!)),
  ...http.allow.filter((item) => item !== 'loopback' && item !== 'partner'),
];

/** The addresses that the configuration has of a node. */
const addressesOf = ({ addresses, url }: NodeSettings): string[] =>
  [...addresses, hostIn(url)].filter(isAddress).map((address) => formatNetwork(parseNetwork(address)!));

const isOwnAddress = (name: string): boolean =>
  isAddress(name) && (isLoopback(name) || interfaceAddresses().includes(name));

/** Asked for each time: an address may come and go while the gateway runs. */
const interfaceAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => normaliseAddress(address)),
  );

/** Names and addresses of this node. */
function ownNames({ host, nodes, addresses, http }: HostSettings): string[] {
  const node = nodes.find(({ host: name }) => name === host);
  const listensAt = http === null ? [] : isUnspecified(http.host) ? interfaceAddresses() : [http.host];
  const names = [host, ...addresses, ...listensAt, hostIn(node?.url ?? null)];
  return names.filter((name) => name !== '').map(normaliseAddress);
}

const hostIn = (url: string | null): string => (url === null ? '' : hostOfUrl(url));

export interface ListenerKeys {
  readonly credentials: Credentials;
  /** The authorities that vouch for this node, PEM. */
  readonly authorities: string;
}

/** A new key for the listener. @param secrets those of the pair, or one that this host alone has; the first one vouches */
export function listenerKeys(host: HostSettings, secrets: readonly string[]): ListenerKeys {
  const names = [...new Set([...ownNames(host), 'localhost', '127.0.0.1', '::1'])];
  return {
    credentials: issueCredentials(secrets[0]!, host.host, names),
    authorities: trustedFor(host.host, secrets, null).join(''),
  };
}
