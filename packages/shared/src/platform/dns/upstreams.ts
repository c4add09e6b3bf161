/**
 * The servers that a resolver asks. Each question is put to one after the other until one answers; SERVFAIL, REFUSED,
 * silence and nonsense are no answers. The server that answered last is asked first. Ends within `timeoutMs`, all servers
 * together.
 */
import type { HostPort } from '../network/addresses.ts';
import type { Clock } from '../time/clock.ts';
import { DnsSilence } from './dns-exchange.ts';
import type { DnsType, DnsValue } from './dns-message.ts';
import { dnsServerAt, queryDns } from './dns-query.ts';
import { DnsWatch } from './dns-watch.ts';
import type { DnsState, DnsWatchParts, ServerFault } from './dns-watch.ts';
import { systemServers } from './system-servers.ts';
import { UdpSockets } from './udp-sockets.ts';

export interface UpstreamsOptions {
  /** `address` or `address:port`; none for those of the system. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly events: Pick<DnsWatchParts, 'onSilent' | 'onAnswer'>;
}

/** `code` is that of the last server, by the names of node:dns; `said` what each of them did. */
interface Lack<Kind> {
  readonly kind: Kind;
  readonly code: string;
  readonly said: string;
}

export type Found<T extends DnsType> =
  | { readonly kind: 'answer'; readonly values: readonly DnsValue<T>[] }
  | Lack<'no-such-domain' | 'no-data' | 'temporary'>;

interface Upstream {
  readonly server: string;
  readonly at: HostPort;
}

/** How long the system's list of servers is used before resolv.conf is read again. */
const SYSTEM_SERVERS_MS = 60_000;
/** By the names of node:dns. */
const codes: Readonly<Record<string, string>> = { NXDOMAIN: 'ENOTFOUND', NOERROR: 'ENODATA' };

export class Upstreams {
  readonly #options: UpstreamsOptions;
  readonly #watch: DnsWatch;
  readonly #sockets = new UdpSockets();
  #upstreams: readonly Upstream[] = [];
  #readAgainAt = Infinity;

  constructor(options: UpstreamsOptions) {
    this.#options = options;
    const { clock, events } = options;
    this.#watch = new DnsWatch({
      servers: () => this.#inOrder().map(({ server }) => server),
      clock,
      ...events,
    });
    this.#read();
  }

  /** Resolves always. */
  async ask<T extends DnsType>(name: string, type: T): Promise<Found<T>> {
    const askedAt = this.#options.clock.now();
    const inOrder = this.#inOrder();
    const faults: ServerFault[] = [];
    for (const upstream of inOrder) {
      const found = await this.#askOne(upstream, { name, type }, this.#options.timeoutMs / inOrder.length);
      if (found.kind === 'temporary') {
        faults.push({ server: upstream.server, reason: found.code });
        continue;
      }
      this.#prefer(upstream);
      this.#watch.answered({ name, type });
      return found;
    }
    this.#watch.failed(askedAt, faults);
    const said = faults.map(({ server, reason }) => `${reason} from ${server}`).join(', ');
    return { kind: 'temporary', code: faults.at(-1)?.reason ?? 'ENOSERVER', said };
  }

  state(): DnsState {
    return this.#watch.state();
  }

  close(): void {
    this.#watch.close();
    this.#sockets.close();
  }

  async #askOne<T extends DnsType>(
    { server, at }: Upstream,
    question: { readonly name: string; readonly type: T },
    timeoutMs: number,
  ): Promise<Found<T>> {
    const lack = <Kind>(kind: Kind, code: string): Lack<Kind> => ({
      kind,
      code,
      said: `${code} from ${server}`,
    });
    try {
      const options = { timeoutMs, recursion: true, sockets: this.#sockets };
      const { rcode, records } = await queryDns(at, question, options);
      const code = codes[rcode] ?? `E${rcode}`;
      if (rcode === 'NXDOMAIN') return lack('no-such-domain', code);
      if (rcode !== 'NOERROR') return lack('temporary', code);
      const values = records.filter(({ type }) => type === question.type).map(({ value }) => value);
      if (values.length === 0) return lack('no-data', code);
      return { kind: 'answer', values: values as DnsValue<T>[] };
    } catch (error) {
      if (error instanceof DnsSilence) return lack('temporary', error.code);
      throw error;
    }
  }

  #inOrder(): readonly Upstream[] {
    if (this.#options.clock.now() >= this.#readAgainAt) this.#read();
    return this.#upstreams;
  }

  #read(): void {
    const { servers, clock } = this.#options;
    const isOfSystem = servers.length === 0;
    this.#upstreams = (isOfSystem ? systemServers() : servers).map(readServer);
    if (isOfSystem) this.#readAgainAt = clock.now() + SYSTEM_SERVERS_MS;
  }

  #prefer(upstream: Upstream): void {
    const position = this.#upstreams.indexOf(upstream);
    if (position > 0)
      this.#upstreams = [...this.#upstreams.slice(position), ...this.#upstreams.slice(0, position)];
  }
}

function readServer(server: string): Upstream {
  const at = dnsServerAt(server);
  if (at) return { server, at };
  throw new Error(
    `dns.servers: ${JSON.stringify(server)} is not ADDRESS:PORT; write "192.0.2.53:53" or "[::1]:53"`,
  );
}
