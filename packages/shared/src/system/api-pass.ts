/**
 * What the operator shows to /api of a gateway whose token lies on another host: signed by the secret of the pair (HMAC-SHA256,
 * RFC 2104, with a key derived by RFC 5869), for one question to one node, good once and for two minutes.
 *
 *     Authorization: Pass TIME NONCE HMAC
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

export interface PassedQuestion {
  readonly method: string;
  /** Path and query as they stand in the request. */
  readonly url: string;
  /** Name of the node that is asked. */
  readonly node: string;
}

const SCHEME = 'Pass';
const GOOD_FOR_MS = 120_000;
/** Nonces that are remembered; when there are more in so short a time, no pass is taken. */
const REMEMBERED = 10_000;

export function formatPass(question: PassedQuestion, secret: string, now: number): string {
  const time = String(now);
  const nonce = randomBytes(16).toString('base64url');
  return `${SCHEME} ${time} ${nonce} ${signature(question, time, nonce, secret)}`;
}

/** @returns whether a pass is good, each only once */
export function createPassCheck(
  node: string,
  secrets: () => readonly string[],
  now: () => number,
): (authorization: string, question: Omit<PassedQuestion, 'node'>) => boolean {
  const seen = new Map<string, number>();
  return (authorization, question) => {
    const match = /^Pass (\d{1,15}) ([\w-]{22}) ([\w-]{43})$/.exec(authorization);
    if (!match) return false;
    const [time, nonce, given] = match.slice(1) as [string, string, string];
    const at = now();
    for (const [old, until] of seen) {
      if (until > at) break;
      seen.delete(old);
    }
    if (Math.abs(at - Number(time)) > GOOD_FOR_MS || seen.has(nonce) || seen.size >= REMEMBERED) return false;
    const isGood = secrets().some((secret) =>
      timingSafeEqual(Buffer.from(given), Buffer.from(signature({ ...question, node }, time, nonce, secret))),
    );
    if (isGood) seen.set(nonce, at + 2 * GOOD_FOR_MS);
    return isGood;
  };
}

function signature(
  { method, url, node }: PassedQuestion,
  time: string,
  nonce: string,
  secret: string,
): string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'mailpair 1 api', 32));
  return createHmac('sha256', key).update(`${method} ${url}\n${node}\n${time} ${nonce}`).digest('base64url');
}
