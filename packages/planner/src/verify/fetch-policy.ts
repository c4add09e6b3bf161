/**
 * Fetches the MTA-STS policy of a domain as a sender does (RFC 8461 §3.3): by HTTPS with a publicly trusted
 * certificate, without redirects, as text/plain. Never rejects.
 */
import https from 'node:https';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { POLICY_PATH, policyHost } from '@mailpair/shared/dns-records/mta-sts';
import type { Detours } from './detours.ts';
import type { PolicyAnswer, PolicyQuestion } from './world.ts';

/** Senders wait at most one minute (RFC 8461 §3.3). */
const TIMEOUT_MS = 20_000;
/** Senders must accept at least 64 KB (RFC 8461 §3.2). A usual policy has a few hundred octets. */
const LONGEST = 65_536;

/**
 * Fetches from the first address that responds.
 *
 * @param authorities certificates (PEM) to trust in place of the public ones
 */
export async function fetchPolicy(
  { domain, addresses }: PolicyQuestion,
  detours: Detours,
  authorities: readonly string[] = [],
): Promise<PolicyAnswer> {
  const host = policyHost(domain);
  let answer: PolicyAnswer = { kind: 'unknown', why: 'has no address' };
  for (const address of addresses) {
    answer = await fetchFrom(detours(host, address, 443), host, authorities);
    if (answer.kind !== 'unknown') break;
  }
  return answer;
}

function fetchFrom(at: HostPort, host: string, authorities: readonly string[]): Promise<PolicyAnswer> {
  return new Promise((resolve) => {
    const request = https.get({
      host: at.host,
      port: at.port,
      path: POLICY_PATH,
      servername: host,
      headers: { host },
      ...(authorities.length > 0 && { ca: [...authorities] }),
      agent: false,
      timeout: TIMEOUT_MS,
    });
    const end = (answer: PolicyAnswer): void => {
      resolve(answer);
      request.destroy();
    };
    request.on('timeout', () => end({ kind: 'unknown', why: 'does not answer in time' }));
    request.on('error', (error) => end(judgeError(error, host)));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const type = response.headers['content-type'] ?? 'none';
      if (status >= 500) return end({ kind: 'unknown', why: `answers ${status}` });
      if (status !== 200)
        return end({ kind: 'refused', why: `https://${host}${POLICY_PATH} is answered ${status}` });
      if (!/^text\/plain(?:\s*;|$)/i.test(type))
        return end({ kind: 'refused', why: `its media type is ${type}, not text/plain` });
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > LONGEST) end({ kind: 'refused', why: `it is longer than ${LONGEST} octets` });
      });
      response.on('end', () => end({ kind: 'text', text }));
    });
  });
}

/** A sender would see a TLS fault too. A missing connection may be the fault of the local network. */
function judgeError({ code = '', message }: NodeJS.ErrnoException, host: string): PolicyAnswer {
  if (code === 'ECONNREFUSED') return { kind: 'unknown', why: 'refuses the connection on port 443' };
  const isTls = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code);
  return isTls
    ? { kind: 'refused', why: `${host} has no certificate that senders would take (${message})` }
    : { kind: 'unknown', why: `cannot be reached on port 443 (${code || message})` };
}
