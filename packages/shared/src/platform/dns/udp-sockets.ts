/**
 * The UDP sockets of a DNS client: one per server, shared by the queries to it, because a socket costs more than a query.
 * A socket takes 64 queries and is then replaced by one with another port, so that the port stays unknown to those who
 * forge answers (RFC 5452 §9.2). Each query has a random number that no other query on its socket has.
 */
import { randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import { formatHostPort } from '../network/addresses.ts';
import type { HostPort } from '../network/addresses.ts';

/** What a query hears. */
export interface UdpListener {
  /** A message with the number of the query. */
  hear(octets: Buffer): void;
  /** The server cannot be reached. */
  fail(error: NodeJS.ErrnoException): void;
}

/** A query's place on a socket. */
export interface UdpPlace {
  /** The number of the query (RFC 1035 §4.1.1). */
  readonly id: number;
  send(octets: Buffer): void;
  /** More than once does no harm. */
  leave(): void;
}

const MOST_QUERIES = 64;

export class UdpSockets {
  readonly #current = new Map<string, UdpSocket>();
  /** Sockets that take no more queries and still have some under way. */
  #retired: UdpSocket[] = [];

  enter(server: HostPort, listener: UdpListener): UdpPlace {
    const key = formatHostPort(server);
    let socket = this.#current.get(key);
    if (!socket?.hasRoom) {
      if (socket) this.#retired.push(socket);
      this.#retired = this.#retired.filter(({ isClosed }) => !isClosed);
      socket = new UdpSocket(server);
      this.#current.set(key, socket);
    }
    return socket.enter(listener);
  }

  /** Fails what is under way with `ECANCELLED`. */
  close(): void {
    for (const socket of [...this.#retired, ...this.#current.values()])
      socket.fail(Object.assign(new Error('cancelled'), { code: 'ECANCELLED' }));
    this.#current.clear();
  }
}

class UdpSocket {
  readonly #listeners = new Map<number, UdpListener>();
  readonly #socket: dgram.Socket;
  /** What is sent before the socket is connected. */
  #early: Buffer[] | undefined = [];
  #left = MOST_QUERIES;
  #isClosed = false;

  constructor(server: HostPort) {
    this.#socket = dgram.createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
    this.#socket
      .on('message', (octets) => this.#hear(octets))
      .on('error', (error) => this.fail(error))
      .on('connect', () => this.#connected())
      .connect(server.port, server.host);
  }

  get hasRoom(): boolean {
    return this.#left > 0;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  enter(listener: UdpListener): UdpPlace {
    this.#left -= 1;
    const id = this.#freeId();
    this.#listeners.set(id, listener);
    this.#socket.ref();
    return { id, send: (octets) => this.#send(octets), leave: () => this.#leave(id, listener) };
  }

  /** Fails all queries and closes the socket. */
  fail(error: NodeJS.ErrnoException): void {
    this.#left = 0;
    for (const listener of [...this.#listeners.values()]) listener.fail(error);
    this.#close();
  }

  #freeId(): number {
    for (;;) {
      const id = randomInt(0x10000);
      if (!this.#listeners.has(id)) return id;
    }
  }

  #send(octets: Buffer): void {
    if (this.#early) this.#early.push(octets);
    else if (!this.#isClosed) this.#socket.send(octets);
  }

  #connected(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const octets of early) this.#send(octets);
  }

  #hear(octets: Buffer): void {
    if (octets.length >= 2) this.#listeners.get(octets.readUInt16BE(0))?.hear(octets);
  }

  #leave(id: number, listener: UdpListener): void {
    // After its query has left, a number may belong to another query.
    if (this.#listeners.get(id) !== listener) return;
    this.#listeners.delete(id);
    if (this.#listeners.size > 0) return;
    // An idle socket does not keep the process alive.
    if (this.#left > 0) this.#socket.unref();
    else this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#early = undefined;
    this.#socket.close();
  }
}
