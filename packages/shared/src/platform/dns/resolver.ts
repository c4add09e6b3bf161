/**
 * What DNS says: the only home of node:dns, and the one place where its errors are classified.
 *
 * Every look-up ends within `timeoutMs`, in an answer that is not empty or in a `DnsError`. Servers are asked
 * in turn until one answers; SERVFAIL, REFUSED, silence and nonsense are no answers. CNAMEs are followed by the
 * servers. Answers come from memory for a minute at most (answer-cache.ts).
 *
 * `localhost` is always this host (RFC 6761 §6.3). Without configured servers, names in the hosts file and names
 * without a dot are internal: they have their addresses from the hosts file or from getaddrinfo.
 */
import { Resolver as NodeResolver, lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { normaliseDomain } from '../values/address.ts';
import { rememberAnswers } from './answer-cache.ts';
import { systemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';
import type { DnsQuestion, DnsValue } from './dns-query.ts';
import { DnsWatch, type DnsState, type DnsWatchParts, type ServerFault } from './dns-watch.ts';
import { readHostsFile } from './hosts-file.ts';
import { askOddName, type OddType } from './odd-names.ts';
import { reverseName } from './reverse-name.ts';

export interface MxRecord {
  /** '' for the root, which makes a null MX (RFC 7505). */
  readonly exchange: string;
  readonly preference: number;
}

export type Family = 4 | 6;

/** Each method rejects with a `DnsError` when there is no such record. */
export interface Resolver {
  resolveMx(domain: string): Promise<readonly MxRecord[]>;
  /**
   * Addresses in the order of `families` (default IPv4, IPv6), each family in the order it was answered. `anew`: as the
   * servers say now, not from memory.
   */
  resolveAddresses(name: string, families?: readonly Family[], anew?: 'anew'): Promise<readonly string[]>;
  /** The names of an address. */
  resolvePtr(address: string): Promise<readonly string[]>;
  /** One text per record, its strings joined. */
  resolveTxt(name: string): Promise<readonly string[]>;
  /** Of a name with characters beyond those of hosts (see odd-names.ts): the values of its records. Not from memory. */
  resolveOddName(name: string, type: OddType): Promise<readonly DnsValue[]>;
}

/**
 * - `no-such-domain`: the name does not exist (NXDOMAIN), or cannot exist
 * - `no-data`: the name exists, without records of the type (NODATA)
 * - `temporary`: it could not be learned
 */
export type DnsErrorKind = 'no-such-domain' | 'no-data' | 'temporary';

export class DnsError extends Error {
  override name = 'DnsError';
  readonly kind: DnsErrorKind;
  /** The code of node:dns: `ENOTFOUND`, `ENODATA`, `ESERVFAIL`, `ETIMEOUT` … */
  readonly code: string;

  constructor(kind: DnsErrorKind, code: string, message: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

export interface ResolverOptions {
  /** `address:port`, the port 53 when absent; none for those of the system. */
  readonly servers: readonly string[];
  /** How long one look-up may take, all servers together. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
  readonly hostsFile?: string;
  /** Told when no server answers any more, and when one does again. */
  readonly events?: Pick<DnsWatchParts, 'onSilent' | 'onAnswer'>;
}

export interface OpenResolver extends Resolver {
  /** Whether its servers answer. */
  state(): DnsState;
  /** Gives up the look-ups that are under way. */
  close(): void;
}

const unheard = { onSilent: () => undefined, onAnswer: () => undefined };

const CACHED_NAMES = 10_000;
/** How long the system's list of servers is used before resolv.conf is read again. */
const SYSTEM_SERVERS_MS = 60_000;

type RecordType = 'MX' | 'A' | 'AAAA' | 'PTR' | 'TXT';

export function createResolver(options: ResolverOptions): OpenResolver {
  const { timeoutMs, clock = systemClock, hostsFile = '/etc/hosts' } = options;
  const memory = { clock, limit: CACHED_NAMES, isLasting: isLastingAnswer };
  const upstreams = openUpstreams(options.servers, timeoutMs, clock);
  const servers = (): readonly string[] => upstreams.inOrder().map(({ server }) => server);
  const watch = new DnsWatch({ servers, clock, ...(options.events ?? unheard) });

  function remembered<T>(type: RecordType, ask: (upstream: NodeResolver, name: string) => Promise<T[]>) {
    return rememberAnswers(
      (name) =>
        askInTurn({ upstreams, watch, clock }, timeoutMs, { type, name }, (upstream) => ask(upstream, name)),
      memory,
    );
  }

  const mx = remembered('MX', async (upstream, name) =>
    (await upstream.resolveMx(name)).map(({ exchange, priority }) => ({ exchange, preference: priority })),
  );
  const ipv4 = remembered('A', (upstream, name) => upstream.resolve4(name));
  const ipv6 = remembered('AAAA', (upstream, name) => upstream.resolve6(name));
  const ptr = remembered('PTR', (upstream, name) => upstream.resolvePtr(name));
  const txt = remembered('TXT', async (upstream, name) =>
    (await upstream.resolveTxt(name)).map((strings) => strings.join('')),
  );
  const internal = rememberAnswers(askSystem, memory);
  const hosts = rememberAnswers(readHostsFile, memory);

  async function internalAddresses(name: string): Promise<readonly string[] | undefined> {
    if (name === 'localhost') return internal(name);
    if (options.servers.length > 0) return undefined;
    return (await hosts(hostsFile)).get(name) ?? (name.includes('.') ? undefined : internal(name));
  }

  return {
    resolveMx: async (domain) => mx(validName(domain)),
    async resolveAddresses(host, families = [4, 6], anew) {
      const name = validName(host);
      const known = await internalAddresses(name);
      if (known) return ofFamilies(name, known, families);
      const ask = (family: Family): Promise<readonly string[]> =>
        (family === 4 ? ipv4 : ipv6)(name, anew !== undefined);
      return gather(await Promise.allSettled(families.map(ask)));
    },
    resolvePtr: async (address) => ptr(reverseName(address)),
    resolveTxt: async (name) => txt(validName(name)),
    async resolveOddName(name, type) {
      const found = await askOddName(servers(), name, type, timeoutMs);
      if (found.kind !== 'temporary') watch.answered({ name, type });
      if (found.kind === 'answer') return found.values;
      const codes = { 'no-such-domain': 'ENOTFOUND', 'no-data': 'ENODATA', temporary: 'ESERVFAIL' };
      const reason = found.kind === 'temporary' ? ` (${found.reason})` : '';
      throw new DnsError(found.kind, codes[found.kind], `${type} of ${name}: ${WORDS[found.kind]}${reason}`);
    },
    state: () => watch.state(),
    close() {
      watch.close();
      upstreams.close();
    },
  };
}

interface Upstreams {
  /** The servers in the order to ask them, the one that answered last first. */
  inOrder(): readonly Upstream[];
  answered(upstream: Upstream): void;
  close(): void;
}

interface Upstream {
  readonly server: string;
  readonly resolver: NodeResolver;
}

/** One node:dns resolver a server, because node:dns does not go on to the next server after SERVFAIL or REFUSED. */
function openUpstreams(configured: readonly string[], timeoutMs: number, clock: Clock): Upstreams {
  let upstreams: Upstream[] = [];
  let readAgainAt = -Infinity;

  function read(): void {
    const servers = configured.length > 0 ? configured : systemServers();
    upstreams = servers.map((server) => openUpstream(server, timeoutMs / servers.length));
    readAgainAt = configured.length > 0 ? Infinity : clock.now() + SYSTEM_SERVERS_MS;
  }
  read();

  return {
    inOrder() {
      if (clock.now() >= readAgainAt) read();
      return [...upstreams];
    },
    answered(upstream) {
      const position = upstreams.indexOf(upstream);
      if (position > 0) upstreams = [...upstreams.slice(position), ...upstreams.slice(0, position)];
    },
    close() {
      for (const { resolver } of upstreams) resolver.cancel();
    },
  };
}

/** The servers that this host asks, as node:dns writes them: an address, or `[address]:port`. */
export const systemServers = (): readonly string[] => new NodeResolver().getServers();

function openUpstream(server: string, shareMs: number): Upstream {
  // Once it has seen quick answers, c-ares waits as little as a second for each try, whatever `timeout` says.
  // So the tries have to last for the whole share; `askInTurn` ends them.
  const resolver = new NodeResolver({
    timeout: Math.ceil(shareMs / 2),
    tries: 2 + Math.ceil(shareMs / 1000),
  });
  try {
    resolver.setServers([server]);
  } catch {
    throw new Error(
      `dns.servers: ${JSON.stringify(server)} is not ADDRESS:PORT; write "192.0.2.53:53" or "[::1]:53"`,
    );
  }
  return { server, resolver };
}

/** The first answer of the servers. Only when none of them has one does it reject with what each of them said. */
async function askInTurn<T>(
  { upstreams, watch, clock }: { upstreams: Upstreams; watch: DnsWatch; clock: Clock },
  timeoutMs: number,
  question: DnsQuestion,
  ask: (resolver: NodeResolver) => Promise<T[]>,
): Promise<readonly T[]> {
  const text = `${question.type} of ${question.name}`;
  const faults: ServerFault[] = [];
  const askedAt = clock.now();
  let code = 'ENOSERVER';
  const inOrder = upstreams.inOrder();
  for (const upstream of inOrder) {
    try {
      const answer = await within(timeoutMs / inOrder.length, ask(upstream.resolver));
      upstreams.answered(upstream);
      watch.answered(question);
      if (answer.length === 0) throw Object.assign(new Error('empty answer'), { code: 'ENODATA' });
      return answer;
    } catch (error) {
      code = codeOf(error);
      const kind = kindOf(code);
      if (kind !== 'temporary') {
        upstreams.answered(upstream);
        watch.answered(question);
        throw new DnsError(kind, code, `${text}: ${WORDS[kind]} (${code} from ${upstream.server})`);
      }
      faults.push({ server: upstream.server, reason: code });
    }
  }
  watch.failed(askedAt, faults);
  const said = faults.map(({ server, reason }) => `${reason} from ${server}`).join(', ');
  throw new DnsError('temporary', code, `${text}: ${WORDS.temporary} (${said})`);
}

/** getaddrinfo, which knows what nsswitch.conf, search domains and containers know. */
async function askSystem(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
  } catch (error) {
    const code = codeOf(error);
    const kind = kindOf(code);
    throw new DnsError(kind, code, `address of ${name}: ${WORDS[kind]} (${code} from getaddrinfo)`);
  }
}

const WORDS: Record<DnsErrorKind, string> = {
  'no-such-domain': 'no such name',
  'no-data': 'no such record',
  temporary: 'no usable answer',
};

function kindOf(code: string): DnsErrorKind {
  if (code === 'ENOTFOUND') return 'no-such-domain';
  return code === 'ENODATA' ? 'no-data' : 'temporary';
}

const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? String(error);

const isLastingAnswer = (error: unknown): boolean => error instanceof DnsError && error.kind !== 'temporary';

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => deadline.reject(Object.assign(new Error('timeout'), { code: 'ETIMEOUT' })),
    ms,
  );
  return Promise.race([answer, deadline.promise]).finally(() => clearTimeout(timer));
}

/** The name as it is asked for. A name that breaks RFC 1035 §2.3.4 or has odd characters is nobody's. */
function validName(given: string): string {
  const name = normaliseDomain(given);
  if (name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label))) return name;
  throw new DnsError('no-such-domain', 'EBADNAME', `${JSON.stringify(given)} cannot be a name in DNS`);
}

function ofFamilies(
  name: string,
  addresses: readonly string[],
  families: readonly Family[],
): readonly string[] {
  const chosen = families.flatMap((family) =>
    addresses.filter((address) => isIPv4(address) === (family === 4)),
  );
  if (chosen.length > 0) return chosen;
  throw new DnsError('no-data', 'ENODATA', `address of ${name}: has only ${addresses.join(', ')}`);
}

/** The addresses of all families; when there are none, the error that leaves most in doubt. */
function gather(answers: readonly PromiseSettledResult<readonly string[]>[]): readonly string[] {
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses;
  const errors = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
  const ofKind = (kind: DnsErrorKind): Error | undefined =>
    errors.find((error) => error instanceof DnsError && error.kind === kind);
  const unclassified = errors.find((error) => !(error instanceof DnsError));
  throw (
    unclassified ??
    ofKind('temporary') ??
    ofKind('no-data') ??
    ofKind('no-such-domain') ??
    new TypeError('no family')
  );
}
