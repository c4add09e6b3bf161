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
import type { DnsMessage, DnsRecord } from './dns-message.ts';
import { UdpSockets } from './udp-sockets.ts';

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
  /** Default: sockets that serve this question only. */
  readonly sockets?: UdpSockets;
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
  options: QueryOptions,
): Promise<DnsReply> {
  const { sockets = new UdpSockets() } = options;
  try {
    return readReply(await askWithEdns(server, question, { ...options, sockets }));
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new DnsSilence(`${formatHostPort(server)} answers nonsense: ${error.message}`, 'EBADRESP');
  } finally {
    if (!options.sockets) sockets.close();
  }
}

async function askWithEdns(
  server: HostPort,
  question: DnsQuestion,
  { timeoutMs, recursion, signatures = false, sockets }: QueryOptions & { readonly sockets: UdpSockets },
): Promise<DnsMessage> {
  const startedAt = performance.now();
  const flags = { recursion, authentic: true };
  const edns = signatures ? 'signatures' : 'plain';
  const first = await new DnsExchange(server, question, { flags: { ...flags, edns }, timeoutMs, sockets })
    .answer;
  if (first.rcode !== 'FORMERR' && first.rcode !== 'NOTIMP') return first;
  const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
  return new DnsExchange(server, question, { flags, timeoutMs: leftMs, sockets }).answer;
}

const readReply = ({ rcode, isAuthoritative, isAuthenticated, answers }: DnsMessage): DnsReply => ({
  rcode,
  authoritative: isAuthoritative,
  authenticated: isAuthenticated,
  signed: answers.some(({ type }) => type === 'RRSIG'),
  records: answers.flatMap((answer) => readRecord(answer) ?? []),
});
