/**
 * What a local server must know of the pair, from its settings: where to send, how to prove who it is, and from whom
 * alone to take mail. Pure.
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

/** A gateway that takes mail from the local server. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** The one address it listens on, where that is not a public one of the host, so that DNS may not lead there. */
  readonly address: string | null;
}

export interface PairFacts {
  readonly relay: Relay;
  /** For while outbound is down; null when inbound takes no mail from submitters. */
  readonly fallback: Relay | null;
  /** The gateways have a certificate of their own, to be checked. */
  readonly verify: boolean;
  /** The local server logs in; else it is known by its address. */
  readonly credentials: boolean;
  /** Addresses that the gateways connect from: no others may bring mail. Without those of the server itself. */
  readonly pair: readonly string[];
  /** What a stranger is told. */
  readonly refusal: string;
  /** What is odd or up to the operator, each a sentence. */
  readonly notes: readonly string[];
}

/** The part of the settings that is looked at. */
export type PairSettings = Pick<Settings, 'domains' | 'inbound' | 'outbound' | 'submitters'> & {
  readonly tls: Pick<Settings['tls'], 'certFile'>;
};

/** @throws with the key that is missing, when there is nothing to send to or nobody to take mail from */
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

/** Allowed at every local server as itself. */
const itself = ['127.0.0.1', '::1'];

/** The listener that suits most servers: STARTTLS first, then TLS from the first byte, then no TLS. */
function relayOf(host: HostSettings, listeners: readonly ListenSettings[]): Relay | undefined {
  const order: readonly TlsMode[] = ['starttls', 'implicit', 'none'];
  const listen = listeners.toSorted((a, b) => order.indexOf(a.tls) - order.indexOf(b.tls))[0];
  if (!listen) return undefined;
  // A listener with `proxy` is reached by a balancer alone, to which the name leads.
  const isPublic =
    listen.proxy !== undefined || isUnspecified(listen.host) || host.addresses.includes(listen.host);
  return { host: host.host, port: listen.port, tls: listen.tls, address: isPublic ? null : listen.host };
}

/** Servers have one way to send, so only a listener with the same TLS is of use; on the same port, if there is one. */
function fallbackOf(inbound: PairSettings['inbound'], { tls, port }: Relay): Relay | null {
  const alike = inbound.listen.submission.filter((listen) => listen.tls === tls);
  const best = alike.find((listen) => listen.port === port);
  return relayOf(inbound, best ? [best] : alike) ?? null;
}

/**
 * The addresses of a gateway's machines, as far as the configuration names them: public ones, those it connects from, and those
 * it listens on, also for its partner, since a host often reaches the local server from its address in the private network.
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

/** Who has users uses them, but for local servers that are known to be trusted. */
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
      'Nobody may submit yet: set outbound.trusted to the address of this server, or outbound.users.',
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
