/**
 * Which requests a route of the HTTP listener answers. A route says who may ask it; one that says nothing is for operators alone.
 * The decision is about the route that was found, never about the text of the target. Pure.
 *
 * Any web page can make a browser on this host or in its network send requests here. The browser sends the page's own host name as
 * Host (DNS rebinding), states its Origin (RFC 6454 §7), and sends JSON only after it has asked (CORS). These three are checked
 * wherever more than one word is answered.
 */
import type { IncomingHttpHeaders } from 'node:http';

/**
 * - `operator`: with the token of this gateway, or a pass signed with the secret of the pair
 * - `monitoring`: the same, and clients in `http.allow` without either
 * - `sealed`: anybody; the route itself verifies who asks
 * - `public`: anybody by any name, since all that is answered is one word
 */
export type Access = 'operator' | 'monitoring' | 'sealed' | 'public';

export type RefusalReason =
  'target' | 'host' | 'origin' | 'content-type' | 'credentials' | 'body' | 'too-large';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly status: number;
  /** For who asks. */
  readonly error: string;
}

const refusal = (reason: RefusalReason, status: number, error: string): Refusal => ({
  reason,
  status,
  error,
});

/** A path, with a query or without: neither a whole URL nor `*` (RFC 9112 §3.2.1). */
export const refuseTarget = (target: string): Refusal | undefined =>
  target.startsWith('/')
    ? undefined
    : refusal('target', 400, 'the target of the request is a path, such as /healthz');

export const refuseTwice = refusal('target', 400, 'a parameter of the target is given twice');

export interface AskedFor {
  readonly headers: IncomingHttpHeaders;
  /** Every Host field that came. */
  readonly hosts: readonly string[];
  readonly scheme: 'http' | 'https';
  isOwnHost(name: string): boolean;
}

/** Refuses what a web page can make a browser send. */
export function refuseForeign({ headers, hosts, scheme, isOwnHost }: AskedFor): Refusal | undefined {
  const [host = ''] = hosts;
  if (hosts.length !== 1 || !isOwnHost(hostNameIn(host)))
    return refusal(
      'host',
      421,
      'the Host of the request is no name or address of this gateway that mailpair.yaml or this host knows',
    );
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign = origin !== undefined && origin.toLowerCase() !== `${scheme}://${host.toLowerCase()}`;
  if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    return refusal('origin', 403, 'requests of web pages from elsewhere are not answered');
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
  if (hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return refusal('content-type', 415, 'the body of a request is application/json');
  return undefined;
}

/** `[2001:db8::1]:8025` → `2001:db8::1`; '' for what is neither a name nor an address. */
function hostNameIn(host: string): string {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}

export const refuseCredentials = (access: Access): Refusal =>
  refusal(
    'credentials',
    401,
    'send the token from the file api-token in the spool directory' +
      (access === 'monitoring' ? ', or add your address to http.allow' : ''),
  );

export const refuseSize = (maxBytes: number): Refusal =>
  refusal('too-large', 413, `the body has more than ${maxBytes} bytes`);

export const refuseBody = refusal('body', 400, 'the body is not JSON');

/** A pass vouches for one body. */
export const refuseOtherBody = refusal('credentials', 401, 'the pass was made for another body');
