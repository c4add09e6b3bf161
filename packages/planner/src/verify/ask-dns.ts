/**
 * Sends the DNS queries of `dns verify`. For names of the pair it queries every authoritative server of the
 * zone, because one of them may have stale or missing records. For all other names it queries the resolvers.
 *
 * If a resolver is given, only it is queried. If it refuses a query for a name outside the pair (for example
 * because it is an authoritative server), the resolvers are queried.
 */
import { isIPv6 } from 'node:net';
import { formatHostPort, parseHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { DnsQuestion } from '@mailpair/shared/platform/dns/dns-exchange';
import type { queryDns } from '@mailpair/shared/platform/dns/dns-query';
import { systemServers } from '@mailpair/shared/platform/dns/system-servers';
import { createServerAsker } from './ask-server.ts';
import type { NameServer } from './ask-server.ts';
import type { Detours } from './detours.ts';
import { createZoneFinder } from './find-zone.ts';
import type { Answer } from './world.ts';

export interface AskerOptions {
  /** The server to query; null to query the authoritative servers. */
  readonly resolver: HostPort | null;
  /** `dns.servers`, or the resolvers of the system if that is empty. */
  readonly servers: readonly string[];
  /** The timeout of one query to one server, in ms. */
  readonly timeoutMs: number;
  /** Whether the pair keeps the records of a name. */
  readonly isOurs: (name: string) => boolean;
  readonly detours: Detours;
  readonly query?: typeof queryDns;
}

export function createAsker(options: AskerOptions): (question: DnsQuestion) => Promise<readonly Answer[]> {
  const { resolver, isOurs, detours } = options;
  const askServer = createServerAsker(options.timeoutMs, options.query);
  const resolvers = (options.servers.length > 0 ? options.servers : systemServers()).map(readServer);
  const findZone = createZoneFinder(askResolvers, detours);

  /** The first resolver answer that is known, or the last failure. */
  async function askResolvers(question: DnsQuestion): Promise<Answer> {
    let last: Answer = { server: 'dns.servers', lookup: { kind: 'unknown', why: 'there are none' } };
    for (const server of resolvers) {
      last = await askServer(server, question, null);
      if (last.lookup.kind !== 'unknown') break;
    }
    return last;
  }

  async function askGiven(at: HostPort, question: DnsQuestion): Promise<Answer> {
    const answer = await askServer({ title: formatHostPort(at), at }, question, null);
    const isRefused = answer.lookup.kind === 'unknown' && answer.lookup.why.endsWith('REFUSED');
    return isRefused && !isOurs(question.name) ? askResolvers(question) : answer;
  }

  return async (question) => {
    if (!isName(question.name)) return [{ server: 'DNS', lookup: { kind: 'none', nameExists: false } }];
    if (resolver) return [await askGiven(resolver, question)];
    if (!isOurs(question.name)) return [await askResolvers(question)];
    const zone = await findZone(question.name);
    if (!('servers' in zone)) return [zone];
    return Promise.all(
      zone.servers.map(async (server) => ('at' in server ? askServer(server, question, zone.name) : server)),
    );
  };
}

function readServer(text: string): NameServer {
  const at = isIPv6(text) ? { host: text, port: 53 } : parseHostPort(text, 53);
  if (!at) throw new Error(`dns.servers: ${JSON.stringify(text)} is not ADDRESS:PORT`);
  return { title: formatHostPort(at), at };
}

/** The limits of RFC 1035 §2.3.4. A name that is longer cannot exist in DNS. */
const isName = (name: string): boolean =>
  name.length <= 253 && name.split('.').every((label) => label.length >= 1 && label.length <= 63);
