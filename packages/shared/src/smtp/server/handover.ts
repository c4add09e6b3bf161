/** What a PROXY header makes of a connection: the ends that its session goes by. Pure. */
import { formatHostPort } from '../../platform/network/addresses.ts';
import type { Counted } from './limits.ts';
import type { ProxyHeader } from './proxy-header.ts';

/** Given by the listener to the session; smtp-server itself knows `remoteAddress` and `remotePort`. */
export interface Handover {
  readonly balancer?: string;
  /** The client; without it the session goes by the real peer, which is the balancer. */
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  /** Where the client connected to. */
  readonly destination?: string;
  /** Whether the client is named. One that is not must not be trusted for the address of its balancer. */
  readonly isNamed?: boolean;
  readonly isCheck?: boolean;
  /** What the connection is counted by already. */
  readonly counted?: Counted;
}

export function handoverOf(balancer: string, header: ProxyHeader): Handover {
  if (header.kind !== 'forwarded') return { balancer, isNamed: false, isCheck: header.kind === 'own' };
  const { source, destination } = header;
  return {
    balancer,
    isNamed: true,
    remoteAddress: source.host,
    remotePort: source.port,
    destination: formatHostPort(destination),
  };
}
