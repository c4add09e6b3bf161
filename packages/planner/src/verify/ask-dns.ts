/**
 * Asks DNS for `dns verify`. Of our own names every authoritative server of the zone is asked, because what one of them
 * says may be stale or missing at another; everybody else's records come from the resolvers.
 *
 * With a resolver given, that one alone is asked, for our names and others; what it refuses of others' (it is a name
 * server of our zone, say) the resolvers are asked.
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
  /** The one to ask; null to ask the authoritative servers. */
  readonly resolver: HostPort | null;
  /** `dns.servers`, the system's when there are none. */
  readonly servers: readonly string[];
  /** For one question to one server. */
  readonly timeoutMs: number;
  /** Whether the records of a name are ours. */
  readonly isOurs: (name: string) => boolean;
  readonly detours: Detours;
  readonly query?: typeof queryDns;
}

export function createAsker(options: AskerOptions): (question: DnsQuestion) => Promise<readonly Answer[]> {
  const { resolver, isOurs, detours } = options;
  const askServer = createServerAsker(options.timeoutMs, options.query);
  const resolvers = (options.servers.length > 0 ? options.servers : systemServers()).map(readServer);
  const findZone = createZoneFinder(askResolvers, detours);

  /** The first resolver that knows; else how the last one failed. */
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

/** RFC 1035 §2.3.4. What is longer cannot be in DNS, whatever refers to it. */
const isName = (name: string): boolean =>
  name.length <= 253 && name.split('.').every((label) => label.length >= 1 && label.length <= 63);
