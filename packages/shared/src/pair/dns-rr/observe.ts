/**
 * A look at a node: whether each of its addresses greets as a mail server does, and what load its gateway states over HTTP. The
 * greeting alone says whether it is alive: mail needs port 25 and no HTTP. Nothing rejects.
 */
import { createConnection } from 'node:net';
import type { HostPort } from '../../system/addresses.ts';
import type { NodeLook } from './balance.ts';
import type { Answer } from './health.ts';

export interface ObservedNode {
  readonly addresses: readonly string[];
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
  /** It greets with 4xx: alive, and taking no more for now. */
  readonly busy: boolean;
}

export async function lookAt(node: ObservedNode, port: number, timeoutMs: number): Promise<Observation> {
  const [health, ...greetings] = await Promise.all([
    askLoad(node.health, timeoutMs),
    ...node.addresses.map((host) => greetingOf({ host, port }, timeoutMs)),
  ]);
  return {
    answers: greetings.map(({ answer }) => answer),
    said: greetings.map(({ said }) => said),
    load: greetings.some(({ busy }) => busy) ? 1 : health.load,
    noLoad: health.why,
  };
}

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
      : silent(error.code ?? error.message),
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

async function askLoad(
  health: ObservedNode['health'],
  timeoutMs: number,
): Promise<{ load: number | null; why: string | null }> {
  if (health === null) return { load: null, why: 'it has no url' };
  try {
    const load = loadIn(await health(timeoutMs));
    return { load, why: load === null ? 'it states no load' : null };
  } catch (error) {
    return { load: null, why: (error as Error).message };
  }
}

/** `{ load: { value: 0.3, … } }`, bounded to 0 … 1; null when there is none. */
export function loadIn(health: unknown): number | null {
  const { load } = (health ?? {}) as { load?: { value?: unknown } | null };
  const value = load?.value;
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : null;
}
