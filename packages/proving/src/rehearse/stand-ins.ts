/**
 * Servers on loopback in place of those in the configuration of the operator. A name is replaced by a name
 * and an address by an address, so that the same connections depend on the resolver. Pure.
 */
import { isAddress } from '@mailpair/shared/platform/network/addresses';
import type { TlsLevel } from '@mailpair/shared/platform/values/next-hop';

/** The names of a rehearsal are in this domain, which exists nowhere else (RFC 6761 §6.2). */
export const SUFFIX = 'rehearsal.test';

export interface StandIn {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /**
   * The TLS that the server offers. It does so only if the configuration requires it, because TLS costs time
   * and proves nothing here.
   */
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
  /** The first three octets of the loopback network of this rehearsal, `127.8.9`. */
  readonly network: string;
  /** Returns a free port. */
  readonly port: () => number;
}

/** The number of addresses that are reserved for each kind of server. */
const MOST = 40;

/** Maps each distinct server to its stand-in; the result is the same for each call. */
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

/** The host of the stand-in for the configuration. */
export const hostOfStandIn = ({ host }: NamedServer, { name, address }: StandIn): string =>
  isAddress(host) ? address : name;

/** The certificate of a stand-in cannot be verified. */
export const tlsInRehearsal = (tls: TlsLevel): TlsLevel => (tls === 'verify' ? 'encrypt' : tls);

const tlsOf = ({ tls, implicitTls }: NamedServer): StandIn['tls'] => {
  if (implicitTls) return 'implicit';
  return tls === 'encrypt' || tls === 'verify' ? 'starttls' : 'none';
};
