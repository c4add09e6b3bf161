/**
 * What stands before a session on a listener that is for load balancers only: the peer must be one of them, and its
 * PROXY header must be complete before anything is said or read (proxy-protocol.txt, section 2).
 *
 * Whoever is no balancer is never read from. The header is waited for a bounded time and is bounded itself; octets
 * behind it stay in the socket.
 */
import type { Socket } from 'node:net';
import { readProxyHeader, type ProxyHeader } from './proxy-header.ts';

/** Time for a lost segment to be sent again, and no more: the specification asks for at least three seconds. */
export const PROXY_HEADER_MS = 5_000;

/** `gone`: the balancer closed before it had said anything, as a check that only connects does. */
export type ProxyRefusal = { readonly kind: 'refused'; readonly reason: string } | { readonly kind: 'gone' };

export interface ProxyDoor {
  isBalancer(address: string): boolean;
  /** `PROXY_HEADER_MS` but in tests. */
  readonly headerMs: number;
}

/** Calls `done` once: with the header, or after the socket has been closed. */
export function receiveProxyHeader(
  socket: Socket,
  { isBalancer, headerMs }: ProxyDoor,
  done: (result: ProxyHeader | ProxyRefusal) => void,
): void {
  let octets: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => refuse(`no PROXY header within ${headerMs / 1000} s`), headerMs);
  socket.on('error', ignore); // a broken connection says so by its close
  if (!isBalancer(socket.remoteAddress ?? '')) return refuse('not a trusted balancer');
  socket.on('readable', read).on('close', gone).on('end', gone);

  function read(): void {
    for (let piece = socket.read() as Buffer | null; piece !== null; piece = socket.read() as Buffer | null) {
      octets = Buffer.concat([octets, piece]);
      const reading = readProxyHeader(octets);
      if (reading.kind === 'malformed') return refuse(reading.reason);
      if (reading.kind === 'incomplete') continue;
      stop();
      if (octets.length > reading.sizeBytes) socket.unshift(octets.subarray(reading.sizeBytes));
      socket.off('error', ignore);
      return done(reading.header);
    }
  }

  function gone(): void {
    if (octets.length > 0) return refuse('closed within its PROXY header');
    end({ kind: 'gone' });
  }

  function refuse(reason: string): void {
    end({ kind: 'refused', reason });
  }

  function end(refusal: ProxyRefusal): void {
    stop();
    socket.destroy();
    done(refusal);
  }

  function stop(): void {
    clearTimeout(timer);
    socket.off('readable', read).off('close', gone).off('end', gone);
  }
}

const ignore = (): void => undefined;
