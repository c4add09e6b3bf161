/**
 * What DNS says to those who want mail delivered, and the one place where its errors are classified. The home of `lookup`
 * of node:dns, which knows this host.
 *
 * Every look-up ends within `timeoutMs`, in an answer that is not empty or in a `DnsError`. Servers are asked
 * in turn until one answers; SERVFAIL, REFUSED, silence and nonsense are no answers. CNAMEs are followed by the
 * servers. Answers come from memory for a minute at most (answer-cache.ts).
 *
 * `localhost` is always this host (RFC 6761 §6.3). Without configured servers, names in the hosts file and names
 * without a dot are internal: they have their addresses from the hosts file or from getaddrinfo.
 */
import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { normaliseDomain } from '../values/address.ts';
import { rememberAnswers } from './answer-cache.ts';
import { systemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';
import type { DnsType, DnsValue } from './dns-message.ts';
import type { DnsState, DnsWatchParts } from './dns-watch.ts';
import { readHostsFile } from './hosts-file.ts';
import { reverseName } from './reverse-name.ts';
import { Upstreams } from './upstreams.ts';

export interface MxRecord {
  /** '' for the root, which makes a null MX (RFC 7505). */
  readonly exchange: string;
  readonly preference: number;
}

export type Family = 4 | 6;
export type OddType = 'A' | 'AAAA' | 'MX' | 'TXT';

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
  /**
   * Of a name with characters beyond those of hosts: the values of its records. Any printable ASCII may stand in a label
   * (RFC 2181 §11), and macros of SPF make such names of mail addresses. Not from memory.
   */
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
  /** By the names of node:dns: `ENOTFOUND`, `ENODATA`, `ESERVFAIL`, `ETIMEOUT` … */
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

export function createResolver(options: ResolverOptions): OpenResolver {
  const { servers, timeoutMs, clock = systemClock, events = unheard } = options;
  return new CachingResolver(new Upstreams({ servers, timeoutMs, clock, events }), options);
}

class CachingResolver implements OpenResolver {
  readonly #upstreams: Upstreams;
  readonly #options: ResolverOptions;
  readonly #mx;
  readonly #ipv4;
  readonly #ipv6;
  readonly #ptr;
  readonly #txt;
  readonly #internal;
  readonly #hosts;

  constructor(upstreams: Upstreams, options: ResolverOptions) {
    const { clock = systemClock } = options;
    const memory = { clock, limit: CACHED_NAMES, isLasting: isLastingAnswer };
    this.#upstreams = upstreams;
    this.#options = options;
    this.#mx = rememberAnswers((name) => this.#ask(name, 'MX'), memory);
    this.#ipv4 = rememberAnswers((name) => this.#ask(name, 'A'), memory);
    this.#ipv6 = rememberAnswers((name) => this.#ask(name, 'AAAA'), memory);
    this.#ptr = rememberAnswers((name) => this.#ask(name, 'PTR'), memory);
    this.#txt = rememberAnswers((name) => this.#ask(name, 'TXT'), memory);
    this.#internal = rememberAnswers(askSystem, memory);
    this.#hosts = rememberAnswers(readHostsFile, memory);
  }

  async resolveMx(domain: string): Promise<readonly MxRecord[]> {
    return this.#mx(validName(domain));
  }

  async resolveAddresses(
    host: string,
    families: readonly Family[] = [4, 6],
    anew?: 'anew',
  ): Promise<readonly string[]> {
    const name = validName(host);
    const known = await this.#internalAddresses(name);
    if (known) return ofFamilies(name, known, families);
    const asked = families.map((family) =>
      (family === 4 ? this.#ipv4 : this.#ipv6)(name, anew !== undefined),
    );
    return gather(await Promise.allSettled(asked));
  }

  async resolvePtr(address: string): Promise<readonly string[]> {
    return this.#ptr(reverseName(address));
  }

  async resolveTxt(name: string): Promise<readonly string[]> {
    return this.#txt(validName(name));
  }

  resolveOddName(name: string, type: OddType): Promise<readonly DnsValue[]> {
    return this.#ask(name, type);
  }

  state(): DnsState {
    return this.#upstreams.state();
  }

  close(): void {
    this.#upstreams.close();
  }

  async #ask<T extends DnsType>(name: string, type: T): Promise<readonly DnsValue<T>[]> {
    const found = await this.#upstreams.ask(name, type);
    if (found.kind === 'answer') return found.values;
    throw new DnsError(found.kind, found.code, `${type} of ${name}: ${WORDS[found.kind]} (${found.said})`);
  }

  async #internalAddresses(name: string): Promise<readonly string[] | undefined> {
    if (name === 'localhost') return this.#internal(name);
    const { servers, hostsFile = '/etc/hosts' } = this.#options;
    if (servers.length > 0) return undefined;
    const known = (await this.#hosts(hostsFile)).get(name);
    return known ?? (name.includes('.') ? undefined : this.#internal(name));
  }
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
