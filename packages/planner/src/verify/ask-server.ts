/** Asks one DNS server. One that keeps silent twice in a row is not asked again, so that a run ends soon. */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { DnsSilence } from '@mailpair/shared/platform/dns/dns-exchange';
import { queryDns } from '@mailpair/shared/platform/dns/dns-query';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { DnsReply } from '@mailpair/shared/platform/dns/dns-query';
import { readLookup } from './read-lookup.ts';
import type { Answer } from './world.ts';

export interface NameServer {
  /** As it is told, `ns1.example.com (192.0.2.53:53)`. */
  readonly title: string;
  readonly at: HostPort;
}

/** @param zone the zone that it is a name server of; null for a resolver, which may ask others. Resolves always. */
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
