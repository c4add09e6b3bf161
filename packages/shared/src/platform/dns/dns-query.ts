/**
 * One question to one DNS server, and its answer as the server gave it. For those who must know who said what; whoever wants
 * mail delivered asks resolver.ts.
 *
 * EDNS(0) is used; a server that cannot read it is asked without (RFC 6891 §7). Ends within `timeoutMs`, in a reply or in a
 * `DnsSilence` that says how the server failed. An answer of any code is a reply; nonsense is silence.
 */
import { formatHostPort, isAddress, parseHostPort } from '../network/addresses.ts';
import type { HostPort } from '../network/addresses.ts';
import { DnsExchange, DnsSilence } from './dns-exchange.ts';
import type { DnsQuestion } from './dns-exchange.ts';
import { MalformedMessage, readRecord } from './dns-message.ts';
import type { DnsMessage, DnsRecord, QueryFlags } from './dns-message.ts';

export interface DnsReply {
  /** `NOERROR`, `NXDOMAIN`, `REFUSED` … */
  readonly rcode: string;
  /** AA: the server speaks for the zone. */
  readonly authoritative: boolean;
  /** AD: a validating resolver found the signatures good. */
  readonly authenticated: boolean;
  /** The answer holds signatures; whether they are good was not looked at. */
  readonly signed: boolean;
  /** The answer section, CNAMEs on the way included. */
  readonly records: readonly DnsRecord[];
}

export interface QueryOptions {
  readonly timeoutMs: number;
  /** Whether the server shall ask others. */
  readonly recursion: boolean;
  /** Whether the records of DNSSEC are wanted. */
  readonly signatures?: boolean;
  /** What is under way is kept here, for whoever may cancel it. */
  readonly underWay?: Set<DnsExchange>;
}

/** A server as `dns.servers` names it: an address, with a port or without. Undefined when it is neither. */
export function dnsServerAt(server: string): HostPort | undefined {
  const at = parseHostPort(isAddress(server) && server.includes(':') ? `[${server}]` : server, 53);
  return at && at.port > 0 && isAddress(at.host) ? at : undefined;
}

/** @throws DnsSilence */
export async function queryDns(
  server: HostPort,
  question: DnsQuestion,
  { timeoutMs, recursion, signatures = false, underWay }: QueryOptions,
): Promise<DnsReply> {
  const until = performance.now() + timeoutMs;
  async function exchange(flags: QueryFlags): Promise<DnsMessage> {
    const leftMs = Math.max(1, until - performance.now());
    const asked = new DnsExchange(server, question, { recursion, authentic: true, ...flags }, leftMs);
    underWay?.add(asked);
    return asked.answer.finally(() => underWay?.delete(asked));
  }
  const first = await exchange({ edns: signatures ? 'signatures' : 'plain' });
  const message = ['FORMERR', 'NOTIMP'].includes(first.rcode) ? await exchange({}) : first;
  try {
    return readReply(message);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new DnsSilence(`${formatHostPort(server)} answers nonsense: ${error.message}`, 'EBADRESP');
  }
}

const readReply = ({ rcode, isAuthoritative, isAuthenticated, answers }: DnsMessage): DnsReply => ({
  rcode,
  authoritative: isAuthoritative,
  authenticated: isAuthenticated,
  signed: answers.some(({ type }) => type === 'RRSIG'),
  records: answers.flatMap((answer) => readRecord(answer) ?? []),
});
