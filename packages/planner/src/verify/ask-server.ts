/**
 * Queries one DNS server. A server that does not respond twice in a row is not queried again, so that the run
 * ends soon.
 */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { DnsSilence } from '@mailpair/shared/platform/dns/dns-exchange';
import { queryDns } from '@mailpair/shared/platform/dns/dns-query';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { DnsReply } from '@mailpair/shared/platform/dns/dns-query';
import { readLookup } from './read-lookup.ts';
import type { Answer } from './world.ts';

export interface NameServer {
  /** As shown to a person: `ns1.example.com (192.0.2.53:53)`. */
  readonly title: string;
  readonly at: HostPort;
}

/**
 * Never rejects.
 *
 * @param zone the zone that the server is authoritative for; null for a resolver, which may recurse
 */
export type AskServer = (server: NameServer, question: DnsQuestion, zone: string | null) => Promise<Answer>;

const MOST_SILENCES = 2;

export function createServerAsker(timeoutMs: number, query: typeof queryDns = queryDns): AskServer {
  const silences = new Map<string, { readonly count: number; readonly why: string }>();

  /** @throws DnsSilence */
  async function ask(at: HostPort, question: DnsQuestion, recursion: boolean): Promise<DnsReply> {
    const place = formatHostPort(at);
    const silence = silences.get(place) ?? { count: 0, why: '' };
    if (silence.count >= MOST_SILENCES) throw new DnsSilence(silence.why);
    try {
      const reply = await query(at, question, { timeoutMs, recursion, signatures: true });
      silences.delete(place);
      return reply;
    } catch (error) {
      if (error instanceof DnsSilence) silences.set(place, { count: silence.count + 1, why: error.message });
      throw error;
    }
  }

  return async ({ title, at }, question, zone) => {
    try {
      const reply = await ask(at, question, zone === null);
      return { server: title, lookup: readLookup(reply, question, zone) };
    } catch (error) {
      if (!(error instanceof DnsSilence)) throw error;
      return { server: title, lookup: { kind: 'unknown', why: error.message } };
    }
  };
}
