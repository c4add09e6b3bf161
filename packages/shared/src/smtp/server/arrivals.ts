/**
 * Connections that have no session yet, since a TLS handshake or a PROXY header comes first. They are counted from the moment they are
 * accepted, so that silent ones keep nobody out, and what they are counted by goes on to their session.
 */
import type { Socket } from 'node:net';
import type { Client } from '../../platform/values/session.ts';
import type { ConnectionCounter, ConnectionLimits, Counted } from './limits.ts';

export interface Arrival {
  readonly client: Client;
  readonly at: number;
  readonly counted: Counted;
}

/** All that their balancers have not named yet are counted as one client. No address is written so. */
const UNNAMED: Counted = { client: 'not named yet', network: null };

/**
 * They have places of their own: a balancer that looks whether this gateway is well must come in when it is full. Only balancers
 * get so far, and for seconds.
 */
const mostUnnamed = ({ connections }: ConnectionLimits): Partial<ConnectionLimits> => ({
  connections: Infinity,
  connectionsPerClient: Math.max(1, connections),
});

export class Arrivals {
  readonly #all = new Map<Socket, Arrival>();
  readonly #counter: ConnectionCounter;

  constructor(counter: ConnectionCounter) {
    this.#counter = counter;
  }

  /**
   * Counts a connection in.
   * @param by what it is counted by; null when its client is not known yet
   * @returns the limit that forbids it
   */
  take(
    socket: Socket,
    arrived: Pick<Arrival, 'client' | 'at'>,
    by: Counted | null,
    limits: ConnectionLimits,
  ): 'total' | 'client' | 'network' | null {
    const answer = by
      ? this.#counter.admit(by, limits)
      : this.#counter.admit(UNNAMED, { ...limits, ...mostUnnamed(limits) });
    if (answer !== 'admitted') return by ? answer : 'total';
    this.#all.set(socket, { ...arrived, counted: by ?? UNNAMED });
    return null;
  }

  /** It has ended: counts it out. Undefined when it was not there any more. */
  leave(socket: Socket): Arrival | undefined {
    const arrival = this.handOver(socket);
    if (arrival) this.#counter.release(arrival.counted);
    return arrival;
  }

  /** The handshake is done: it goes by its TLS socket from now on. False when it has left meanwhile. */
  secured(socket: Socket, tlsSocket: Socket): boolean {
    const arrival = this.handOver(socket);
    if (arrival) this.#all.set(tlsSocket, arrival);
    return arrival !== undefined;
  }

  /** Its session begins, and counts it out when it ends. */
  handOver(socket: Socket): Arrival | undefined {
    const arrival = this.#all.get(socket);
    if (arrival) this.#all.delete(socket);
    return arrival;
  }

  /** Those that were accepted before then. */
  *before(at: number): Iterable<Socket> {
    for (const [socket, arrival] of this.#all) if (arrival.at < at) yield socket;
  }
}
