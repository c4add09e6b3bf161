/** The queue of a running gateway, over /api: the other side of gateway-api.ts. */
import { request, type IncomingMessage } from 'node:http';
import type { Changed, Selection } from './queue-changes.ts';
import type { QueueControl } from './queue-control.ts';
import type { SubmitterControl } from './submitter-control.ts';

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
}

/** The gateway answered, and refused. */
export class GatewayRefusal extends Error {
  override name = 'GatewayRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Putting a very large queue on hold takes its time. */
const ANSWER_TIMEOUT_MS = 600_000;

export function createGatewayClient(address: GatewayAddress, token: string, role: string): QueueControl {
  const ask = (method: string, path: string, query?: Record<string, string | undefined>) =>
    answerTo(address, { method, path: `/api${path}${queryText(query)}`, token });
  const json = async <T>(...asked: Parameters<typeof ask>): Promise<T | undefined> => {
    const answer = await ask(...asked);
    return answer && (JSON.parse(await textOf(answer)) as T);
  };
  const given = async <T>(...asked: Parameters<typeof ask>): Promise<T> => {
    const answer = await json<T>(...asked);
    if (answer === undefined)
      throw new GatewayRefusal(404, `the gateway at ${nameOf(address)} is of another version`);
    return answer;
  };
  const entryPath = (id: string, part = ''): string => `/queue/${encodeURIComponent(id)}${part}`;
  const change = (verb: string) => (which: Selection) =>
    given<Changed>('POST', `/queue/${verb}`, which === 'all' ? { all: 'true' } : { ...which });
  return {
    role,
    page: (filter, limit, after) => given('GET', '/queue', { ...filter, limit: String(limit), after }),
    show: (id) => json('GET', entryPath(id)),
    why: (id) => json('GET', entryPath(id, '/why')),
    retry: change('retry'),
    hold: change('hold'),
    release: change('release'),
    remove: (id) => json('DELETE', entryPath(id)),
    message: (id) => ask('GET', entryPath(id, '/message')),
    status: () => given('GET', '/status'),
    nextHops: async () => (await given<{ nextHops: never[] }>('GET', '/next-hops')).nextHops,
    submitters: submittersBy(json, given),
    close: async () => undefined,
  };
}

type Ask = <T>(method: string, path: string, query?: Record<string, string | undefined>) => Promise<T>;

const submittersBy = (
  json: <T>(...asked: Parameters<Ask>) => Promise<T | undefined>,
  given: Ask,
): SubmitterControl => ({
  list: async () => (await given<{ submitters: never[] }>('GET', '/submitters')).submitters,
  show: (name) => json('GET', '/submitters/show', { name }),
  hold: (name) => given('POST', '/submitters/hold', { name }),
  release: (name, perMinute) => given('POST', '/submitters/release', { name, perMinute: String(perMinute) }),
  purge: (name) => given('DELETE', '/submitters/held', { name }),
});

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly token?: string;
  readonly timeoutMs?: number;
}

/**
 * @returns the answer when it is 2xx, undefined when it is 404
 * @throws GatewayRefusal for any other answer; what the system says when there is none
 */
export async function answerTo(
  { host, port }: GatewayAddress,
  { method, path, token, timeoutMs = ANSWER_TIMEOUT_MS }: Question,
): Promise<IncomingMessage | undefined> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ host: reachable(host), port, method, path, headers, agent: false }, resolve);
    asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer from ${nameOf({ host, port })}`)));
    asked.on('error', reject);
    asked.end();
  });
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  const text = await textOf(answer);
  if (statusCode === 404) return undefined;
  throw new GatewayRefusal(
    statusCode,
    `the gateway at ${nameOf({ host, port })} says ${statusCode}: ${reasonIn(text)}`,
  );
}

export const nameOf = ({ host, port }: GatewayAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** A gateway that listens everywhere is asked on this host. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

function queryText(query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reasonIn(text: string): string {
  try {
    const { message, error } = JSON.parse(text) as { message?: string; error?: string };
    return message ?? error ?? text;
  } catch {
    return text;
  }
}
