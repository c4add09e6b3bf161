/** Asks the /api of one gateway: questions in paths, answers as JSON or as a stream of octets. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tlsFaultOf } from '../tls/tls-fault.ts';

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** Over TLS; `ca` are the only authorities to trust, PEM. */
  readonly tls?: { readonly ca: readonly string[] };
  /** In place of both: a socket on this host. */
  readonly socketPath?: string;
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

/** The token of the gateway, or what gives a pass for a question. @param body '' if there is none */
type Authority = string | ((method: string, path: string, body: string) => string);

type Query = Readonly<Record<string, string | undefined>>;

export interface ApiCaller {
  /** Undefined for 404. @throws GatewayRefusal for any other answer that is not 2xx */
  octets(method: string, path: string, query?: Query, more?: AskedWith): Promise<IncomingMessage | undefined>;
  json<T>(method: string, path: string, query?: Query, more?: AskedWith): Promise<T | undefined>;
  /** @throws GatewayRefusal for 404 too */
  given<T>(method: string, path: string, query?: Query, more?: AskedWith): Promise<T>;
}

export interface AskedWith {
  readonly timeoutMs?: number;
  /** Sent as JSON. */
  readonly body?: object;
}

export function apiCaller(address: GatewayAddress, authority: Authority): ApiCaller {
  const octets: ApiCaller['octets'] = (method, part, query, { body: value, ...more } = {}) => {
    const path = `/api${part}${queryText(query)}`;
    const body = value === undefined ? '' : JSON.stringify(value);
    const authorization =
      typeof authority === 'string' ? `Bearer ${authority}` : authority(method, path, body);
    return answerTo(address, { method, path, authorization, body, ...more });
  };
  const json = async <T>(...asked: Parameters<typeof octets>): Promise<T | undefined> => {
    const answer = await octets(...asked);
    return answer && (JSON.parse(await textOf(answer)) as T);
  };
  return {
    octets,
    json,
    async given<T>(...asked: Parameters<typeof octets>): Promise<T> {
      const answer = await json<T>(...asked);
      if (answer === undefined)
        throw new GatewayRefusal(404, `the gateway at ${nameOf(address)} is of another version`);
      return answer;
    },
  };
}

function queryText(query: Query = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly authorization?: string;
  readonly timeoutMs?: number;
  /** JSON; '' or absent if there is none. */
  readonly body?: string;
}

/**
 * @returns the answer when it is 2xx, undefined when it is 404
 * @throws GatewayRefusal for any other answer; what the system says when there is none
 */
export async function answerTo(
  address: GatewayAddress,
  { method, path, authorization, timeoutMs = ANSWER_TIMEOUT_MS, body = '' }: Question,
): Promise<IncomingMessage | undefined> {
  const { host, port, tls, socketPath } = address;
  const headers = {
    ...(authorization !== undefined && { authorization }),
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const place = socketPath === undefined ? { host: reachable(host), port } : { socketPath };
    const question = { ...place, method, path, headers, agent: false as const };
    const asked = tls
      ? httpsRequest({ ...question, ca: [...tls.ca] }, resolve)
      : httpRequest(question, resolve);
    asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer from ${nameOf(address)}`)));
    asked.on('error', (error) => {
      const fault = tlsFaultOf(error);
      reject(fault ? new Error(`${fault.problem}; ${fault.fix}`, { cause: error }) : error);
    });
    asked.end(body);
  });
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  const text = await textOf(answer);
  if (statusCode === 404) return undefined;
  throw new GatewayRefusal(
    statusCode,
    `the gateway at ${nameOf(address)} says ${statusCode}: ${reasonIn(text)}`,
  );
}

export const nameOf = ({ host, port, socketPath }: GatewayAddress): string =>
  socketPath ?? (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** A gateway that listens everywhere is asked on this host. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

export async function textOf(answer: IncomingMessage): Promise<string> {
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
