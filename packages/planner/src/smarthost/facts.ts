/**
 * What a local server must know about the pair, from the settings: where to send, how to authenticate, and
 * from which addresses to accept mail. Pure.
 */
import {
  createNetworks,
  hostOfUrl,
  isAddress,
  isUnspecified,
} from '@mailpair/shared/platform/network/addresses';
import type { HostSettings } from '@mailpair/shared/config/sections/role';
import type { ListenSettings, TlsMode } from '@mailpair/shared/config/schema/listen-settings';
import type { Settings } from '@mailpair/shared/config/settings';
import { roleNames } from '@mailpair/shared/platform/values/role-name';

/** A gateway that accepts mail from the local server. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /**
   * The only address of the listener if it is not a public address of the host, so that DNS may not resolve
   * to it; otherwise null.
   */
  readonly address: string | null;
}

export interface PairFacts {
  readonly relay: Relay;
  /** The gateway to use while outbound is unavailable; null if inbound accepts no mail from submitters. */
  readonly fallback: Relay | null;
  /** Whether the gateways have a configured certificate, which the local server can verify. */
  readonly verify: boolean;
  /** Whether the local server authenticates with a password; otherwise it is recognised by its address. */
  readonly credentials: boolean;
  /**
   * The source addresses of the gateways; only these may deliver mail. The loopback addresses are excluded.
   */
  readonly pair: readonly string[];
  /** The text of the reply to clients that are not gateways. */
  readonly refusal: string;
  /** What is unusual, or left to the operator; each a sentence. */
  readonly notes: readonly string[];
}

/** The part of the settings that is used. */
export type PairSettings = Pick<Settings, 'domains' | 'inbound' | 'outbound' | 'submitters'> & {
  readonly tls: Pick<Settings['tls'], 'certFile'>;
};

/**
 * @throws if no gateway accepts mail from the server or no address is known; the error names the missing key
 */
export function gatherFacts(settings: PairSettings): PairFacts {
  const { inbound, outbound } = settings;
  const relay = relayOf(outbound, outbound.listen.submission);
  if (!relay)
    throw new Error(
      'outbound.listen.submission is empty, so no server can send by outbound: add "0.0.0.0:587"',
    );
  for (const role of roleNames)
    if (gatewayAddresses(settings[role]).length === 0)
      throw new Error(
        `${role}.addresses is missing: without it the local server would refuse mail from ${role}`,
      );
  const credentials = logsIn(settings);
  const verify = settings.tls.certFile !== null && relay.tls !== 'none';
  return {
    relay,
    fallback: fallbackOf(inbound, relay),
    verify,
    credentials,
    pair: [...new Set([inbound, outbound].flatMap(gatewayAddresses))],
    refusal: `Mail for this server comes by ${inbound.host} and ${outbound.host} only`,
    notes: notesOn(settings, relay, { verify, credentials }),
  };
}

/** Every local server accepts mail from its own host. */
const itself = ['127.0.0.1', '::1'];

/** The most suitable listener: STARTTLS is preferred to implicit TLS, and implicit TLS to no TLS. */
function relayOf(host: HostSettings, listeners: readonly ListenSettings[]): Relay | undefined {
  const order: readonly TlsMode[] = ['starttls', 'implicit', 'none'];
  const listen = listeners.toSorted((a, b) => order.indexOf(a.tls) - order.indexOf(b.tls))[0];
  if (!listen) return undefined;
  // A listener with `proxy` is reached through a balancer, to which the name resolves.
  const isPublic =
    listen.proxy !== undefined || isUnspecified(listen.host) || host.addresses.includes(listen.host);
  return { host: host.host, port: listen.port, tls: listen.tls, address: isPublic ? null : listen.host };
}

/**
 * Servers have one transport for both gateways, so the listener must have the same TLS mode; one with the
 * same port is preferred.
 */
function fallbackOf(inbound: PairSettings['inbound'], { tls, port }: Relay): Relay | null {
  const alike = inbound.listen.submission.filter((listen) => listen.tls === tls);
  const best = alike.find((listen) => listen.port === port);
  return relayOf(inbound, best ? [best] : alike) ?? null;
}

/**
 * The known addresses of the machines of a gateway: public addresses, source addresses, and listener
 * addresses, also those for the partner, because a host often connects to the local server from its private
 * address.
 */
function gatewayAddresses(
  host: HostSettings & {
    readonly listen: {
      readonly submission: readonly ListenSettings[];
      readonly mx: readonly ListenSettings[];
    };
  },
): string[] {
  const told = [
    ...host.addresses,
    ...host.nodes.flatMap(({ addresses }) => addresses),
    ...host.sourceAddresses,
  ];
  const listeners = [...host.listen.submission, ...host.listen.mx, ...(host.http ? [host.http] : [])];
  const urls = host.nodes.flatMap(({ url }) => (url === null ? [] : [hostOfUrl(url)]));
  const seen = [...listeners.map((listener) => listener.host), ...urls].filter(isAddress);
  return [...told, ...seen].filter((address) => !isUnspecified(address) && !itself.includes(address));
}

/** If submitters are configured, the local server authenticates, unless its address is trusted. */
function logsIn({ domains, outbound }: PairSettings): boolean {
  if (outbound.users === null) return false;
  const hosts = domains.flatMap(({ localServers }) => localServers.map(({ host }) => host));
  const trusted = createNetworks(outbound.trusted);
  return hosts.length === 0 || !hosts.every((host) => isAddress(host) && trusted.has(host));
}

function notesOn(
  { outbound, inbound, submitters }: PairSettings,
  relay: Relay,
  { verify, credentials }: { readonly verify: boolean; readonly credentials: boolean },
): string[] {
  const notes = [
    'If a gateway reaches this server from another address than those listed here (a private network, NAT), ' +
      'add it to the list: "mailpair local-servers check" shows which it is.',
  ];
  if (credentials)
    notes.push(
      submitters.servers?.length
        ? `The user is to be one of submitters.servers (${submitters.servers.join(', ')}): then each user of this server counts for itself.`
        : 'Add the user to submitters.servers in mailpair.yaml and send the gateways SIGHUP: then each user of this server counts for ' +
            'itself. Without it all of them are one submitter, and held together beyond the limits of one.',
    );
  if (!credentials && outbound.trusted.length === 0)
    notes.push(
      'No client may submit yet: set outbound.trusted to the address of this server, or outbound.users.',
    );
  else if (!credentials)
    notes.push(
      `The address that this server connects from must lie in outbound.trusted (${outbound.trusted.join(', ')}).`,
    );
  if (relay.tls === 'none')
    notes.push(`${relay.host} port ${relay.port} offers no TLS: mail goes there in the clear.`);
  else if (!verify)
    notes.push(
      'tls.certFile is not set, so the gateways make certificates of their own: connections are encrypted, but ' +
        'the certificate proves nothing and is not checked.',
    );
  else
    notes.push(
      `The certificate in tls.certFile must name ${relay.host}, and this server must trust who issued it.`,
    );
  if (fallbackOf(inbound, relay) === null)
    notes.push(
      'inbound takes no such mail from submitters (inbound.submission, with the same tls), so there is nothing to fall back to: while ' +
        'outbound is down this server keeps its mail queued.',
    );
  return notes;
}
