/**
 * The server of one listener: its connections, from the moment they are accepted, and its sessions. smtp-server does the TLS
 * handshake; what may come in before a session begins is decided here.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { TLS_SOCKET_OPTIONS } from 'smtp-server/lib/smtp-connection.js';
import { normaliseAddress } from '../../platform/network/addresses.ts';
import { PassingMap } from '../../platform/maps/passing-map.ts';
import type { Client } from '../../platform/values/session.ts';
import { Arrivals } from './arrivals.ts';
import { handoverOf } from './handover.ts';
import { countedBy, type ConnectionCounter, type Counted } from './limits.ts';
import { receiveProxyHeader, type ProxyDoor } from './proxied.ts';
import type { Relief } from './relief.ts';
import type { SessionContext, Unserved } from './session-context.ts';
import { createSessionId } from './session-ids.ts';
import { MailSession } from './session.ts';
import { handshakeMs } from './stress.ts';

// smtp-server hands on to its TLS sockets what this list names; `NPNProtocols` in it is what ALPN was before RFC 7301.
TLS_SOCKET_OPTIONS.push('ALPNProtocols');

export class MailServer extends SMTPServer {
  context: SessionContext;
  readonly sessions = new PassingMap<MailSession>();
  readonly #arrivals: Arrivals;
  readonly #parts: MailServerParts;
  #draining = false;
  readonly #drained = Promise.withResolvers<void>();

  constructor(options: SMTPServerOptions, context: SessionContext, parts: MailServerParts) {
    super(options);
    this.context = context;
    this.#parts = parts;
    this.#arrivals = new Arrivals(parts.counter);
    parts.relief.add(() => this.sessions.values());
  }

  /** Guarded until the session begins: destroyed on drain. */
  override _expectsProxyHeader(): boolean {
    return this.#parts.proxyDoor !== null;
  }

  /** Sockets that come to their session at once are counted by it, and the others here. */
  override _acceptSocket(socket: Socket, handshake: boolean): (() => void) | false {
    const { proxyDoor } = this.#parts;
    if (!this.#hold(socket)) return false;
    if (handshake || proxyDoor) {
      const client = clientOn(socket);
      if (!this.#counts(socket, client, proxyDoor ? null : this.#countedBy(client))) return false;
    }
    return super._acceptSocket(socket, handshake);
  }

  /** False when there is no descriptor for it: it is dropped at once, since even to refuse it politely would keep one. */
  #hold(socket: Socket): boolean {
    const { counter } = this.#parts;
    if (counter.sockets >= counter.mostSockets) {
      this.context.hooks.unserved('total', clientOn(socket), this.context.name);
      socket.on('error', () => undefined).destroy();
      return false;
    }
    counter.sockets += 1;
    socket.once('close', () => (counter.sockets -= 1));
    return true;
  }

  #countedBy({ address }: Client): Counted {
    return countedBy(address, this.context.role === 'mx');
  }

  /** False when a limit forbids it. Nothing can be said to a client before the handshake: the connection is dropped. */
  #counts(socket: Socket, client: Client, by: Counted | null): boolean {
    const { hooks, limits, clock, name } = this.context;
    if (by) this.#makeRoom();
    const limit = this.#arrivals.take(socket, { client, at: clock.now() }, by, limits);
    if (!limit) return true;
    hooks.unserved(limit, client, name);
    socket.on('error', () => undefined).destroy();
    return false;
  }

  /** smtp-server's own reads version 1 only. Called before the handshake of implicit TLS. */
  override _handleProxy(...[socket, callback]: Parameters<SMTPServer['_handleProxy']>): void {
    const { proxyDoor } = this.#parts;
    if (!proxyDoor) return void callback(null);
    const peer = clientOn(socket);
    receiveProxyHeader(socket, proxyDoor, (result) => {
      this.#arrivals.leave(socket);
      if (result.kind === 'gone') return callback(new Error('gone'));
      if (result.kind === 'refused') {
        this.context.hooks.turnedAway(result.reason, peer, this.context.name);
        return callback(new Error(result.reason));
      }
      const handover = handoverOf(peer.address, result);
      const client = {
        address: handover.remoteAddress ?? peer.address,
        port: handover.remotePort ?? peer.port,
      };
      const waits = this.options.secure && !handover.isCheck;
      if (waits && !this.#counts(socket, client, this.#countedBy(client)))
        return callback(new Error('too many'));
      callback(null, { id: createSessionId(), ...handover });
    });
  }

  #makeRoom(): void {
    const { clock, limits } = this.context;
    this.#parts.relief.makeRoom(clock.now(), limits.connections);
  }

  /** The handshake of implicit TLS. */
  override _upgrade(...[socket, callback]: Parameters<SMTPServer['_upgrade']>): void {
    super._upgrade(socket, (error, tlsSocket) => {
      if (tlsSocket && !error) this.#arrivals.secured(socket, tlsSocket);
      else this.#unserved(socket, 'handshake-failed');
      callback(error, tlsSocket);
    });
  }

  #unserved(socket: Socket, reason: Unserved): void {
    const arrival = this.#arrivals.leave(socket);
    if (arrival && !this.#draining) this.context.hooks.unserved(reason, arrival.client, this.context.name);
  }

  override connect(socket: Socket | TLSSocket, options?: ConstructorParameters<typeof MailSession>[2]): void {
    this.#makeRoom();
    const id = options?.id ?? createSessionId();
    const arrival = this.#arrivals.handOver(socket);
    const handover = { ...NOT_ASKED, ...options, id, ...(arrival && { counted: arrival.counted }) };
    const session = new MailSession(this, socket, handover);
    this.sessions.set(session.id, session);
    session.init();
    if (this.#draining) session.drain();
  }

  /** Ends what keeps us waiting too long. A handshake has a deadline of its own, which no octet of it puts off. */
  sweep(now: number): void {
    const { relief } = this.#parts;
    const { connections } = this.context.limits;
    relief.makeRoom(now, connections);
    const share = relief.share(connections);
    const waitMs = handshakeMs(share);
    for (const socket of this.#arrivals.before(now - waitMs)) {
      this.#unserved(socket, 'handshake-timeout');
      (this._pendingSockets.get(socket) ?? socket).destroy();
    }
    for (const session of this.sessions.values()) session.sweep(now, share);
  }

  forget(session: MailSession): void {
    this.sessions.delete(session.id);
    this.#notice();
  }

  /** Those that begin later are served. */
  endSessions(): void {
    for (const session of this.sessions.values()) session.drain();
  }

  /** Asks all sessions to end; resolves when they have. */
  drain(): Promise<void> {
    this.#draining = true;
    this.endSessions();
    // These wait for a TLS handshake. Destroying the socket on top is what smtp-server does itself.
    for (const socket of this._pendingSockets.values()) socket.destroy();
    this.#notice();
    return this.#drained.promise;
  }

  #notice(): void {
    if (this.#draining && this.sessions.size === 0) this.#drained.resolve();
  }
}

interface MailServerParts {
  readonly counter: ConnectionCounter;
  readonly relief: Relief;
  readonly proxyDoor: ProxyDoor | null;
}

const clientOn = (socket: Socket): Client => ({
  address: normaliseAddress(socket.remoteAddress ?? ''),
  port: socket.remotePort ?? 0,
});

/** smtp-server would ask the kernel for each connection what nobody wants to know. */
const NOT_ASKED = { localAddress: '0.0.0.0', localPort: 1 };
