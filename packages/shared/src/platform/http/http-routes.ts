/** Leads a request to its route, if it may be answered. The home of find-my-way. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import createRouter, { type HTTPMethod } from 'find-my-way';
import { normaliseAddress } from '../network/addresses.ts';
import { hashOfBody } from './api-pass.ts';
import { Answer } from './http-answer.ts';
import {
  refuseBody,
  refuseCredentials,
  refuseForeign,
  refuseOtherBody,
  refuseSize,
  refuseTarget,
  refuseTwice,
  type Access,
  type Refusal,
  type RefusalReason,
} from './http-guard.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:name` parts: `/api/queue/:id`. */
  readonly path: string;
  /** Operators alone unless it says otherwise. */
  readonly access?: Access;
  /** Largest body; a megabyte unless it says otherwise. */
  readonly maxBytes?: number;
  /** @returns an `Answer`, or what is answered as JSON; undefined is 404 */
  run(request: RouteRequest): unknown;
}

export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What JSON came with it; absent without a body, and for a `sealed` route, which takes the octets. */
  readonly body?: unknown;
  readonly octets: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** Address of the client; '' on a socket of this host. */
  readonly client: string;
}

/** Who may ask. */
export interface HttpAccess {
  /** For `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** @returns SHA-256 of the body for which another `Authorization` is good (base64url); undefined if it is not good */
  passes?(
    authorization: string,
    question: { readonly method: string; readonly url: string },
  ): string | undefined;
  /** Whether routes for monitoring answer this address without a token. */
  allows?(address: string): boolean;
  /** Whether a host name or an address in a Host field means this gateway; `localhost` always does. */
  isOwnHost?(name: string): boolean;
  refused?(refused: RefusedRequest): void;
}

export interface RefusedRequest {
  readonly reason: RefusalReason | 'connections' | 'tls';
  /** Its address. */
  readonly client: string;
  /** Path of the request, if it came so far. */
  readonly target?: string;
  /** Code of the error in the TLS handshake. */
  readonly fault?: string;
}

const JSON_BYTES = 2 ** 20;
/** Goes with every 401 (RFC 9110 §15.5.2, RFC 6750 §3). */
const CHALLENGE = { 'www-authenticate': 'Bearer realm="mailpair"' };

export class HttpRoutes {
  readonly #router = createRouter({ ignoreTrailingSlash: false });
  readonly #access: HttpAccess;

  constructor(routes: readonly Route[], access: HttpAccess) {
    this.#access = access;
    for (const route of routes) {
      const methods: HTTPMethod[] = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
      this.#router.on(methods, route.path, () => undefined, route);
    }
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const client = normaliseAddress(request.socket.remoteAddress ?? '');
    const answered = await this.#answer(request, client);
    if (answered instanceof Answer) return answered;
    const { reason } = answered;
    this.#access.refused?.({ reason, client, target: targetOf(request) });
    const { status, error } = answered;
    return Answer.json({ error }, { status, ...(status === 401 && { headers: CHALLENGE }) });
  }

  async #answer(request: IncomingMessage, client: string): Promise<Answer | Refusal> {
    const { method = 'GET', url = '/' } = request;
    const refused = refuseTarget(url);
    if (refused) return refused;
    const found = this.#router.find(method as HTTPMethod, url);
    if (!found) return notFound(`there is no ${method} ${targetOf(request)}`);
    if (Object.values(found.searchParams).some((value) => typeof value !== 'string')) return refuseTwice;
    const { access = 'operator', maxBytes = JSON_BYTES, run } = found.store as Route;
    const foreign = access === 'public' ? undefined : refuseForeign(this.#askedFor(request));
    if (foreign) return foreign;
    const mayBring = this.#credentials(request, client, access);
    if (!mayBring) return refuseCredentials(access);
    const octets = access === 'public' ? Buffer.alloc(0) : await readBody(request, maxBytes);
    if (!octets) return refuseSize(maxBytes);
    if (!mayBring(octets)) return refuseOtherBody;
    const body = access === 'sealed' || octets.length === 0 ? {} : jsonIn(octets);
    if (!body) return refuseBody;
    const given = await run({
      params: found.params as Record<string, string>,
      query: found.searchParams,
      octets,
      headers: request.headers,
      client,
      ...body,
    });
    if (given === undefined) return notFound('there is no such entry');
    return given instanceof Answer ? given : Answer.json(given);
  }

  /** @returns whether a body may come with these credentials; undefined if there are none that are good */
  #credentials(
    request: IncomingMessage,
    client: string,
    access: Access,
  ): ((octets: Buffer) => boolean) | undefined {
    const { token, passes, allows } = this.#access;
    if (access === 'public' || access === 'sealed') return anyBody;
    const { headers, method = '', url = '' } = request;
    const { authorization = '' } = headers;
    if (sameText(authorization, `Bearer ${token}`)) return anyBody;
    if (access === 'monitoring' && allows?.(client) === true) return anyBody;
    const sha256 = passes?.(authorization, { method, url });
    return sha256 === undefined ? undefined : (octets) => sameText(sha256, hashOfBody(octets));
  }

  #askedFor({ headers, headersDistinct, socket }: IncomingMessage) {
    return {
      headers,
      hosts: headersDistinct['host'] ?? [],
      scheme: (socket as TLSSocket).encrypted ? ('https' as const) : ('http' as const),
      isOwnHost: (name: string) => name === 'localhost' || this.#access.isOwnHost?.(name) === true,
    };
  }
}

const notFound = (error: string): Answer => Answer.json({ error }, { status: 404 });

const anyBody = (): boolean => true;

/** Without the query, which may hold an address of a person. */
const targetOf = ({ url = '/' }: IncomingMessage): string => url.replace(/[?#].*/s, '');

/** Undefined for what is not JSON. */
function jsonIn(octets: Buffer): { readonly body: unknown } | undefined {
  try {
    return { body: JSON.parse(octets.toString()) };
  } catch {
    return undefined;
  }
}

/** Undefined if there is more. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Compared in constant time. */
function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
