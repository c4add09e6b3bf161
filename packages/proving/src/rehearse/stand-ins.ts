/**
 * Servers on loopback in place of those that the operator's configuration names: for each of them one, a name in place
 * of a name and an address in place of an address, so that what depends on the resolver still does. Pure.
 */
import { isAddress } from '@mailpair/shared/platform/network/addresses';
import type { TlsLevel } from '@mailpair/shared/platform/values/next-hop';

/** Names of a rehearsal lie in it; it leads nowhere else (RFC 6761 §6.2). */
export const SUFFIX = 'rehearsal.test';

export interface StandIn {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** TLS that it offers: only where the configuration insists on it, for it costs time and proves nothing here. */
  readonly tls: 'none' | 'starttls' | 'implicit';
}

/** A server as the configuration names it. */
export interface NamedServer {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsLevel;
  readonly implicitTls: boolean;
}

export interface Ground {
  /** The first three parts of the loopback network of this rehearsal, `127.8.9`. */
  readonly network: string;
  /** A port that is free. */
  readonly port: () => number;
}

/** Addresses that are set aside for each kind. */
const MOST = 40;

/** Gives every distinct server its stand-in: the same one each time it is asked. */
export function createStandIns(label: string, firstHost: number, ground: Ground) {
  const all = new Map<string, StandIn>();
  return {
    of(server: NamedServer): StandIn {
      const key = `${server.host}:${server.port}:${server.implicitTls}`;
      const known = all.get(key);
      if (!known && all.size >= MOST) throw new Error(`more than ${MOST} servers are too many to rehearse`);
      const made = known ?? {
        name: `${label}${all.size + 1}.${SUFFIX}`,
        address: `${ground.network}.${firstHost + all.size}`,
        port: ground.port(),
        tls: tlsOf(server),
      };
      if (!known || tlsOf(server) !== 'none') all.set(key, { ...made, tls: tlsOf(server) });
      return made;
    },
    all: (): readonly StandIn[] => [...all.values()],
  };
}

/** How the configuration names the stand-in. */
export const hostOfStandIn = ({ host }: NamedServer, { name, address }: StandIn): string =>
  isAddress(host) ? address : name;

/** Nobody vouches for the certificate of a stand-in. */
export const tlsInRehearsal = (tls: TlsLevel): TlsLevel => (tls === 'verify' ? 'encrypt' : tls);

const tlsOf = ({ tls, implicitTls }: NamedServer): StandIn['tls'] => {
  if (implicitTls) return 'implicit';
  return tls === 'encrypt' || tls === 'verify' ? 'starttls' : 'none';
};
