/**
 * What the operator shows to a gateway whose token lies on another host: signed with the secret of the pair (HMAC-SHA256, RFC 2104,
 * with a key derived by RFC 5869), for one request with its body to one node, good once and for two minutes.
 *
 *     Authorization: Pass TIME NONCE BODY HMAC
 *
 * BODY is the SHA-256 of the body. It is signed too, so that a pass is verified before a body is read.
 */
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

export interface PassedQuestion {
  readonly method: string;
  /** Path and query as they stand in the request. */
  readonly url: string;
  /** Name of the node that is asked. */
  readonly node: string;
  /** '' if there is none. */
  readonly body: string;
}

const SCHEME = 'Pass';
const GOOD_FOR_MS = 120_000;
/** Nonces that are remembered; when there are more in so short a time, no pass is taken. */
const REMEMBERED = 10_000;

/** SHA-256 (base64url), as it stands in a pass. */
export const hashOfBody = (body: string | Buffer): string =>
  createHash('sha256').update(body).digest('base64url');

export function formatPass(question: PassedQuestion, secret: string, now: number): string {
  const time = String(now);
  const nonce = randomBytes(16).toString('base64url');
  const body = hashOfBody(question.body);
  return `${SCHEME} ${time} ${nonce} ${body} ${signature({ ...question, time, nonce, body }, secret)}`;
}

/** @returns for a good pass, which is taken only once, the SHA-256 of its body (base64url); undefined for any other */
export function createPassCheck(
  node: string,
  secrets: () => readonly string[],
  now: () => number,
): (authorization: string, question: Pick<PassedQuestion, 'method' | 'url'>) => string | undefined {
  const seen = new Map<string, number>();
  return (authorization, question) => {
    const match = /^Pass (\d{1,15}) ([\w-]{22}) ([\w-]{43}) ([\w-]{43})$/.exec(authorization);
    if (!match) return undefined;
    const [time, nonce, body, given] = match.slice(1) as [string, string, string, string];
    const at = now();
    for (const [old, until] of seen) {
      if (until > at) break;
      seen.delete(old);
    }
    if (Math.abs(at - Number(time)) > GOOD_FOR_MS || seen.has(nonce) || seen.size >= REMEMBERED)
      return undefined;
    const signed = { ...question, node, time, nonce, body };
    const isGood = secrets().some((secret) =>
      timingSafeEqual(Buffer.from(given), Buffer.from(signature(signed, secret))),
    );
    if (!isGood) return undefined;
    seen.set(nonce, at + 2 * GOOD_FOR_MS);
    return body;
  };
}

/** A question with the SHA-256 of its body in place of the body. */
interface SignedQuestion extends PassedQuestion {
  readonly time: string;
  readonly nonce: string;
}

function signature({ method, url, node, time, nonce, body }: SignedQuestion, secret: string): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'mailpair 1 api', 32));
  return createHmac('sha256', key)
    .update(`${method} ${url}\n${node}\n${time} ${nonce} ${body}`)
    .digest('base64url');
}
