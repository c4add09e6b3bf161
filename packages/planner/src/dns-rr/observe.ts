/**
 * A look at a node: whether each of its addresses greets as a mail server does, and what its gateway states over HTTP. Nothing
 * rejects.
 *
 * The greeting says whether it is alive: mail needs port 25 and no HTTP. A node that is full is alive too: it greets with
 * 421, or it has closed its port, and then its gateway still answers over HTTP. A node that cannot be reached, or does
 * not answer in time, is dead.
 */
import { createConnection } from 'node:net';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { NodeLook } from './balance.ts';
import type { Answer } from './health.ts';

export interface ObservedNode {
  /** Where each of its addresses is looked at. */
  readonly listeners: readonly HostPort[];
  /** Asks its HTTP listener for details, as /healthz/details gives them; null if it has none. */
  readonly health: ((timeoutMs: number) => Promise<unknown>) | null;
}

export interface Observation extends NodeLook {
  /** By address: what was seen there, for a person. */
  readonly said: readonly string[];
  /** Why it has no load; null when it has. */
  readonly noLoad: string | null;
}

interface Greeting {
  readonly answer: Answer;
  readonly said: string;
  /** It takes no more for now. */
  readonly busy: boolean;
  /** Nobody listens there. */
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

/** A gateway that is full closes its port for mail and nothing else. */
const fullIfClosed = (greeting: Greeting): Greeting =>
  greeting.closed
    ? { answer: 'yes', said: `${greeting.said}, but its gateway answers: full`, busy: true }
    : greeting;

/** This host has no such network, which says nothing about the node. */
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

/** A greeting is 220; 4xx comes from a host that is busy, and all else from one that takes no mail (RFC 5321 §3.1). */
export function judgeGreeting(text: string): Greeting {
  const said = (text.split(/\r?\n/)[0] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  const kind = /^([245])\d\d(?: |-|$)/.exec(said)?.[1];
  return { answer: kind === '2' || kind === '4' ? 'yes' : 'no', said, busy: kind === '4' };
}

interface Stated {
  readonly isAlive: boolean;
  readonly load: number | null;
  /** Null when it says nothing about that. */
  readonly draining: boolean | null;
  /** Why it states no load; null when it does. */
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

/** `{ load: { value: 0.3, … } }`, bounded to 0 … 1; null when there is none. */
export function loadIn(health: unknown): number | null {
  const { load } = (health ?? {}) as { load?: { value?: unknown } | null };
  const value = load?.value;
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : null;
}
