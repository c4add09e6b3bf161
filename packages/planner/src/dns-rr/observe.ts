/**
 * Observes a node: whether each of its addresses sends an SMTP greeting, and what its gateway reports over
 * HTTP. Never rejects.
 *
 * The greeting decides whether the node is alive, because mail needs port 25 and not HTTP. A full node is
 * alive: it greets with 421, or it has closed its port and its gateway still responds over HTTP. A node that
 * is unreachable, or does not respond in time, is dead.
 */
import { createConnection } from 'node:net';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { NodeLook } from './balance.ts';
import type { Answer } from './health.ts';

export interface ObservedNode {
  /** The host and port at which each address is observed. */
  readonly listeners: readonly HostPort[];
  /**
   * Requests the details of /healthz/details from the HTTP listener; null if the node has no such listener.
   */
  readonly health: ((timeoutMs: number) => Promise<unknown>) | null;
}

export interface Observation extends NodeLook {
  /** The observation of each address as text, for a person. */
  readonly said: readonly string[];
  /** Why the load is unknown; null if it is known. */
  readonly noLoad: string | null;
}

interface Greeting {
  readonly answer: Answer;
  readonly said: string;
  /** The node is temporarily full. */
  readonly busy: boolean;
  /** The port refuses connections. */
  readonly closed?: boolean;
}

export async function lookAt({ listeners, health }: ObservedNode, timeoutMs: number): Promise<Observation> {
  const [stated, ...found] = await Promise.all([
    askHealth(health, timeoutMs),
    ...listeners.map((listener) => greetingOf(listener, timeoutMs)),
  ]);
  const greetings = stated.isAlive ? found.map(fullIfClosed) : found;
  return {
    answers: greetings.map(({ answer }) => answer),
    said: greetings.map(({ said }) => said),
    load: greetings.some(({ busy }) => busy) ? 1 : stated.load,
    draining: stated.draining,
    noLoad: stated.why,
  };
}

/** A full gateway closes only its SMTP port. */
const fullIfClosed = (greeting: Greeting): Greeting =>
  greeting.closed
    ? { answer: 'yes', said: `${greeting.said}, but its gateway answers: full`, busy: true }
    : greeting;

/** Errors which mean that this host has no such network. They prove nothing about the node. */
const noWay = ['ENETUNREACH', 'EAFNOSUPPORT', 'EADDRNOTAVAIL'];

function greetingOf(at: HostPort, timeoutMs: number): Promise<Greeting> {
  const { promise, resolve } = Promise.withResolvers<Greeting>();
  const silent = (said: string): void => resolve({ answer: 'no', said, busy: false });
  let text = '';
  const socket = createConnection(at);
  const timer = setTimeout(() => silent(`no greeting within ${timeoutMs} ms`), timeoutMs);
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
    if (text.includes('\n') || text.length > 1000) resolve(judgeGreeting(text));
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    noWay.includes(error.code ?? '')
      ? resolve({ answer: 'unknown', said: `cannot be judged from here (${error.code})`, busy: false })
      : resolve({
          answer: 'no',
          said: error.code ?? error.message,
          busy: false,
          closed: error.code === 'ECONNREFUSED',
        }),
  );
  socket.on('close', () => silent('closed without a greeting'));
  return promise.finally(() => {
    clearTimeout(timer);
    if (socket.connecting) socket.destroy();
    else socket.end('QUIT\r\n').destroySoon();
  });
}

/**
 * Judges a greeting (RFC 5321 §3.1): 220 is ready, 4xx is a busy host, and all other replies are from a host
 * that accepts no mail.
 */
export function judgeGreeting(text: string): Greeting {
  const said = (text.split(/\r?\n/)[0] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  const kind = /^([245])\d\d(?: |-|$)/.exec(said)?.[1];
  return { answer: kind === '2' || kind === '4' ? 'yes' : 'no', said, busy: kind === '4' };
}

interface Stated {
  readonly isAlive: boolean;
  readonly load: number | null;
  /** Null if the gateway does not report it. */
  readonly draining: boolean | null;
  /** Why the load is not reported; null if it is. */
  readonly why: string | null;
}

async function askHealth(health: ObservedNode['health'], timeoutMs: number): Promise<Stated> {
  const silent = { isAlive: false, load: null, draining: null };
  if (health === null) return { ...silent, why: 'it has no url' };
  try {
    const details = await health(timeoutMs);
    const load = loadIn(details);
    const draining = drainingIn(details);
    return { isAlive: true, load, draining, why: load === null ? 'it states no load' : null };
  } catch (error) {
    return { ...silent, why: (error as Error).message };
  }
}

function drainingIn(details: unknown): boolean | null {
  const { draining } = (details ?? {}) as { draining?: unknown };
  return typeof draining === 'boolean' ? draining : null;
}

/** Reads `{ load: { value: 0.3, … } }`, limited to 0 … 1; null if there is none. */
export function loadIn(health: unknown): number | null {
  const { load } = (health ?? {}) as { load?: { value?: unknown } | null };
  const value = load?.value;
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : null;
}
