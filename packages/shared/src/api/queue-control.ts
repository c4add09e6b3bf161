/**
 * What an operator can do to the queue. A running gateway and the spool of a stopped gateway offer the same operations.
 *
 * Every change is on disk when its promise resolves, and holds against an attempt that is under way.
 */
import { Readable } from 'node:stream';
import type { ListState } from '../filter/dns-lists/watched-list.ts';
import type { EngineState } from '../filter/engines/engine-servers.ts';
import type { OperatedGateway } from '../gateway/compose/operator-api.ts';
import type { Door } from '../gateway/pair/admission.ts';
import type { Drain } from '../gateway/pair/drain.ts';
import type { Load } from '../gateway/pair/load.ts';
import type { PartnerView } from '../gateway/pair/partner-view.ts';
import type { Spool } from '../spool/store/spool.ts';
import type { LocalServerState } from '../smtp/route/local-server-state.ts';
import { localServersOf } from '../smtp/route/route.ts';
import type { Ledger } from '../directory/submitters/ledger.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Validity } from '../platform/tls/certificate-validity.ts';
import type { DnsState } from '../platform/dns/dns-watch.ts';
import { openRegular } from '../platform/files/regular-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Certificate } from '../config/tls.ts';
import type { Entry } from '../platform/values/entry.ts';
import type { JudgingState } from '../filter/pipeline/judging-state.ts';
import type { SignInState } from '../platform/values/sign-in-state.ts';
import type { SubmitterState } from '../platform/values/submitter.ts';
import { giveWay } from './give-way.ts';
import type { Lines } from './json-lines.ts';
import { keepNextHopNames, type NextHopNames } from './next-hop-names.ts';
import { createQueueChanges, type Changed, type QueueChanges, type Selection } from './queue-changes.ts';
import { itemOf, matches, type QueueFilter, type QueueItem } from './queue-item.ts';
import { queueLines } from './queue-lines.ts';
import { PAGE_SCAN, readPage, type Page } from './page.ts';
import { QueueTotals, type NextHopTotals } from './queue-totals.ts';
import { explain, type Why } from './queue-why.ts';
import { SubmitterControl } from './submitter-control.ts';

export interface GatewayStatus {
  readonly role: string;
  readonly host: string;
  /** False when this was read from the spool of a gateway that is stopped. */
  readonly running: boolean;
  /** Connections of clients. */
  readonly sessions: number;
  /** Processes that carry its mail; absent when it is one, or is stopped. */
  readonly workers?: number;
  /** Null when it is stopped. */
  readonly load: Load | null;
  /** `shedding`: strangers are asked to go to the other MX. `shut`: the port for mail from the internet is closed. */
  readonly door: Door | null;
  /** Out of service by the operator; null or absent while it is in service. */
  readonly drain?: Drain | null;
  /** What it knows of the other nodes of the pair; empty when it is stopped, or the pair has no secret. */
  readonly partners: readonly PartnerView[];
  /** The lists in DNS that are asked about clients and URLs; empty when it is stopped. */
  readonly lists: readonly ListState[];
  /** The servers of the engines beside it; empty when it is stopped. */
  readonly engines: readonly EngineState[];
  /** Which checks are on; null when it is stopped. */
  readonly judging: JudgingState | null;
  /** `active`: being attempted. `damaged`: set aside, not counted among `entries`. */
  readonly queue: {
    readonly entries: number;
    readonly active: number;
    readonly damaged: number;
    /** A message waits for its turn, though not for its next hop; absent when the gateway is stopped. */
    readonly due?: boolean;
  };
  /** Submitters whose mail is held. */
  readonly submittersHeld: readonly SubmitterState[];
  /** Sign-ins that failed; absent when it is stopped. */
  readonly signIns?: SignInState;
  /** Messages in quarantine, and their octets; absent when it is stopped. */
  readonly quarantine?: { readonly messages: number; readonly sizeBytes: number };
  /** Those of the hosted domains; empty when it is stopped. */
  readonly localServers: readonly LocalServerState[];
  /** Whether DNS answers; absent when it is stopped. */
  readonly dns?: DnsState;
  /** Of the spool's file system: octets that are free, and those that are kept free; absent when it is stopped. */
  readonly disk?: DiskState;
  /** That of the SMTP listeners; absent when it is stopped. */
  readonly certificate?: CertificateState;
}

export interface CertificateState extends Validity {
  readonly file: string;
  readonly selfSigned: boolean;
}

export interface DiskState {
  readonly freeBytes: number;
  readonly minFreeBytes: number;
}

export interface QueueControlParts {
  readonly role: string;
  readonly host: string;
  settings(): Settings;
  readonly spool: Pick<
    Spool,
    'get' | 'list' | 'texts' | 'parts' | 'held' | 'body' | 'count' | 'damaged' | 'isOverstretched'
  >;
  readonly ledger: Ledger;
  change(id: string, how: (entry: Entry) => Entry | null): Promise<Entry | undefined>;
  readonly running?: OperatedGateway;
  /** Of a gateway that is stopped: it will be out of service when it starts. */
  readonly keptDrain?: Drain | null;
  readonly clock: Clock;
}

export class QueueControl {
  readonly submitters: SubmitterControl;
  readonly #parts: QueueControlParts;
  readonly #names: () => NextHopNames;
  readonly #changes: QueueChanges;

  constructor(parts: QueueControlParts) {
    this.#parts = parts;
    this.#names = keepNextHopNames(() => parts.settings());
    const page: QueueControl['page'] = (...asked) => this.page(...asked);
    this.#changes = createQueueChanges({ ...parts, page, names: this.#names });
    this.submitters = new SubmitterControl(parts);
  }

  async page(filter: QueueFilter, limit: number, after?: string): Promise<Page<QueueItem>> {
    const { spool, clock } = this.#parts;
    await giveWay(spool);
    const [now, nextHops] = [clock.now(), this.#names()];
    const itemIfWanted = (entry: Entry): QueueItem | undefined => {
      const hops = nextHops.ofEntry(entry);
      return matches(entry, filter, now, hops) ? itemOf(entry, now, hops) : undefined;
    };
    return readPage(spool, { prefix: filter.prefix, after, limit, itemOf: itemIfWanted });
  }

  /** All entries by time of receipt, as queue-lines.ts has them. Reads on as the caller does. */
  lines(): Lines {
    return queueLines(this.#parts.spool, this.#names);
  }

  async show(id: string): Promise<Entry | undefined> {
    return this.#parts.spool.get(id);
  }

  async why(id: string): Promise<Why | undefined> {
    const { spool, clock, running } = this.#parts;
    const entry = spool.get(id);
    if (!entry) return undefined;
    const now = clock.now();
    return explain({
      entry,
      now,
      nextHops: this.#names(),
      running: running && {
        active: running.dispatcher.isActive(id),
        restOf: (hop) => running.rest.restOf(hop, now),
        localServers: running.localServers.state(now),
      },
    });
  }

  /** Due now, and the rests of their next hops ended. */
  retry(which: Selection): Promise<Changed> {
    return this.#changes.retry(which);
  }

  /** No attempts until released; entries that come later are not held. */
  hold(which: Selection): Promise<Changed> {
    return this.#changes.hold(which);
  }

  release(which: Selection): Promise<Changed> {
    return this.#changes.release(which);
  }

  /** No notice is sent. @returns the entry as it was */
  remove(id: string): Promise<Entry | undefined> {
    return this.#parts.change(id, () => null);
  }

  /** The message as it would be sent: our header fields, then the octets as received. */
  message(id: string): Promise<Readable | undefined> {
    return messageOf(this.#parts.spool, id);
  }

  async nextHops(): Promise<NextHopTotals[]> {
    const { spool, clock, running } = this.#parts;
    const totals = new QueueTotals();
    const names = this.#names();
    let seen = 0;
    for (const part of spool.parts()) {
      seen += totals.add(part, names);
      if (seen < PAGE_SCAN) continue;
      seen = 0;
      await giveWay(spool);
    }
    return totals.list((hop) => running?.rest.restOf(hop, clock.now()));
  }

  async status(): Promise<GatewayStatus> {
    const { role, host, spool, ledger, clock, running, keptDrain = null } = this.#parts;
    return {
      role,
      host,
      running: running !== undefined,
      sessions: running?.sessions() ?? 0,
      load: running?.load() ?? null,
      door: running?.door() ?? null,
      drain: running ? running.draining.drain : keptDrain,
      partners: running?.partners() ?? [],
      lists: running?.lists() ?? [],
      engines: running?.engines() ?? [],
      judging: running?.judging() ?? null,
      queue: {
        entries: spool.count(),
        active: running?.dispatcher.active ?? 0,
        damaged: spool.damaged().length + (running?.quarantine.damaged().length ?? 0),
        ...(running && { due: running.hasDue() }),
      },
      submittersHeld: ledger.held(),
      ...(running && {
        signIns: running.signIns.state(),
        dns: running.dns(),
        disk: running.disk(),
        quarantine: { messages: running.quarantine.count(), sizeBytes: running.quarantine.sizeBytes() },
      }),
      localServers: running?.localServers.state(clock.now(), localServersOf(this.#parts.settings())) ?? [],
      ...(running && { certificate: certificateState(running.certificate()) }),
    };
  }
}

const certificateState = ({ file, selfSigned, validity }: Certificate): CertificateState => ({
  file,
  selfSigned,
  ...validity,
});

async function messageOf(spool: QueueControlParts['spool'], id: string): Promise<Readable | undefined> {
  const entry = spool.get(id);
  if (!entry) return undefined;
  const body = await spool.body(entry).catch((error: unknown) => {
    if (spool.get(id)) throw error;
    return undefined; // relayed or removed meanwhile
  });
  if (!body) return undefined;
  const head = Buffer.from(entry.head);
  if (body.path === undefined) return Readable.from([head, ...(body.chunks ?? [])], { objectMode: false });
  const file = await openRegular(body.path); // from here on it can be read though the entry be removed
  const octets = file.createReadStream();
  const message = Readable.from(headThen(head, octets), { objectMode: false });
  return message.once('close', () => octets.destroy()); // also where nobody read it
}

async function* headThen(head: Buffer, file: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield head;
  yield* file;
}
