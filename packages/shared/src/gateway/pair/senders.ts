/**
 * Learns which senders move on to the other MX when they are refused, and which wait. Pure: events in, a class out.
 *
 * A sample is a refused sender whose next clean message was taken by the other MX within a minute (it moves), or later by the one that
 * refused it (it waits). Whoever takes the message has the sample and tells the others. A message that the same MX takes within the
 * minute says nothing: it came by another connection.
 *
 * A sender is a domain for which the client's own mail passed DMARC, else the client. So nobody speaks for a domain who cannot send in
 * its name, and a client in the network of a provider is not the provider. A class lasts while the sender's mail is clean: a message
 * against which the checks speak costs as much credit as five clean ones earn, and without credit the samples are forgotten.
 */
import { BoundedMap } from '../../platform/maps/bounded-map.ts';
import { clientOf } from '../../platform/network/client-network.ts';
import type { KeptMap } from '../../platform/maps/kept-map.ts';
import type { KnownClients } from './known-clients.ts';
import {
  formatRefusal,
  isNewer,
  parseRefusal,
  REFUSAL_MS,
  Refusals,
  type Mx,
  type Refusal,
} from './refusals.ts';
import {
  classIn,
  formatRecord,
  isSame,
  joined,
  NEEDED,
  noRecord,
  parseRecord,
  recentOf,
  type Record,
  type SenderClass,
} from './sender-class.ts';

export type SenderTable = Pick<KeptMap<Record>, 'size' | 'get' | 'set' | 'keys' | 'entries'>;

export interface SendersParts {
  /** The MX that this gateway is. */
  readonly here: Mx;
  readonly known: Pick<KnownClients, 'has' | 'domainOf' | 'ownDomainOf'>;
  readonly tables?: SenderTables;
}

export interface SenderTables {
  /** Those with few samples, and those with enough for a class; each bounded by itself. */
  readonly few: SenderTable;
  readonly enough: SenderTable;
  /** Of senders with enough. */
  readonly most: number;
}

/** What `mailpair senders` shows. */
export interface SenderView {
  /** `example.com`, `192.0.2.7`, `2001:db8::/64` */
  readonly sender: string;
  readonly class: SenderClass;
  readonly moved: number;
  readonly waited: number;
  /** When it was refused last, ms since the epoch. */
  readonly refusedAt: number;
}

/** A refusal after which the sender delivered. */
interface Ended extends Refusal {
  readonly sender: string;
  /** Null when nobody can say. */
  readonly moved: boolean | null;
}

export const MOST_SENDERS = { few: 5_000, enough: 10_000 };
const MOVES_WITHIN_MS = 60_000;
/** By how much the clocks of the gateways may differ. */
const SKEW_MS = 2_000;
/** Senders whose mail was taken a moment ago: a refusal by the other MX is told by the next heartbeat only. */
const MOST_RECENT = 5_000;
const TAKEN_EVERY_MS = 200;
const CREDIT = 25;
const COST = 5;

export class Senders {
  readonly #parts: SendersParts;
  readonly #tables: SenderTables;
  readonly #refusals = new Refusals();
  readonly #taken = new BoundedMap<{ readonly at: number; readonly sender: string }>(MOST_RECENT);
  readonly #credit = new BoundedMap<number>(MOST_SENDERS.few + MOST_SENDERS.enough);
  /** Told of the key of what is new, for `look`. */
  news: (key: string) => void = () => undefined;

  /** In memory where it is given no tables. */
  constructor(parts: SendersParts) {
    this.#parts = parts;
    this.#tables = parts.tables ?? inMemory();
  }

  classOf(address: string, now: number): SenderClass {
    const { known } = this.#parts;
    for (const sender of new Set([
      ...this.#sendersOf(address, '', now),
      `@${known.domainOf(address, now)}`,
    ])) {
      const found = classIn(this.#record(sender), now);
      if (found !== 'unknown') return found;
    }
    return 'unknown';
  }

  /** This gateway asked it to come back, or to go to the other MX. */
  refused(address: string, now: number): void {
    const { here, known } = this.#parts;
    const sender = this.#sendersOf(address, '', now)[0]!;
    const before = this.#refusals.get(sender, now);
    // The first of several counts: a sender that has many connections is refused all the time.
    if (before && !before.isOver && before.by === here) return;
    this.#refusals.set(sender, { by: here, at: now, isOver: false }, known.has(address, now));
    this.news(`refused ${sender}`);
  }

  /** Mail of it was taken here with nothing against it. @param domain for which it passed DMARC; '' for none */
  delivered(address: string, domain: string, now: number): void {
    const senders = this.#sendersOf(address, domain, now);
    const named = domain === '' ? clientOf(address) : `@${domain}`;
    for (const sender of senders) {
      this.#earn(sender, 1, now);
      this.#noteTaken(sender, named, now);
    }
    const ended = senders.map((sender) => this.#end(sender, now)).find((each) => each !== undefined);
    if (ended) this.#sample(ended.sender.startsWith('@') ? ended.sender : named, ended);
  }

  /** Of a sender that delivers all the time, one message in 200 ms is noted. */
  #noteTaken(sender: string, named: string, now: number): void {
    const before = this.#taken.get(sender);
    if (before?.sender === named && now - before.at < TAKEN_EVERY_MS) return;
    this.#taken.set(sender, { at: now, sender: named });
  }

  /** The checks speak against its mail. */
  spoilt(address: string, domain: string, now: number): void {
    for (const sender of this.#sendersOf(address, domain, now)) this.#earn(sender, -COST, now);
  }

  list(now: number): SenderView[] {
    const { few, enough } = this.#tables;
    return [...new Set([...enough.keys(), ...few.keys()])].flatMap((sender) => {
      const samples = recentOf(this.#record(sender), now);
      if (samples.length === 0) return [];
      const moved = samples.filter((sample) => sample.moved).length;
      return {
        sender: sender.replace('@', ''),
        class: classIn(this.#record(sender), now),
        moved,
        waited: samples.length - moved,
        refusedAt: samples.at(-1)!.at,
      };
    });
  }

  /** Those that have a class. */
  count(now: number): { readonly moves: number; readonly waits: number } {
    const counts = { moves: 0, waits: 0 };
    for (const [, record] of this.#tables.enough.entries()) {
      const does = classIn(record, now);
      if (does !== 'unknown') counts[does] += 1;
    }
    return counts;
  }

  /** As a topic of what partners tell each other: `refused SENDER` and `sampled SENDER`. */
  look(key: string, now: number): string | undefined {
    const [kind, sender = ''] = key.split(' ');
    if (kind === 'sampled') return `s${formatRecord(sender, this.#record(sender))}`;
    const refusal = this.#refusals.get(sender, now);
    return refusal && `r${formatRefusal(sender, refusal)}`;
  }

  /** What waits for its end is not worth telling to one that starts. */
  *all(): Iterable<string> {
    for (const table of [this.#tables.few, this.#tables.enough])
      for (const sender of table.keys()) yield `sampled ${sender}`;
  }

  take(items: readonly string[], now: number): number {
    return items.filter((item) =>
      item.startsWith('r') ? this.#takeRefusal(item, now) : this.#takeRecord(item, now),
    ).length;
  }

  #takeRefusal(item: string, now: number): boolean {
    const [sender, told] = parseRefusal(item.slice(1)) ?? [];
    if (sender === undefined || told === undefined || now - told.at >= REFUSAL_MS) return false;
    const refusal = { ...told, at: Math.min(told.at, now + SKEW_MS) };
    if (!isNewer(refusal, this.#refusals.get(sender, now))) return false;
    this.#refusals.set(
      sender,
      refusal,
      sender.startsWith('@') || this.#parts.known.has(sender.split('/')[0]!, now),
    );
    const taken = this.#taken.get(sender);
    const ended = taken && taken.at >= refusal.at - SKEW_MS ? this.#end(sender, taken.at) : undefined;
    if (ended) this.#sample(sender.startsWith('@') ? sender : taken!.sender, ended);
    return true;
  }

  #takeRecord(item: string, now: number): boolean {
    const [sender, told] = (item.startsWith('s') && parseRecord(item.slice(1))) || [];
    if (sender === undefined || told === undefined) return false;
    const own = this.#record(sender);
    const samples = told.samples.filter(({ at }) => at <= now + SKEW_MS);
    const both = joined(own, { from: Math.min(told.from, now), samples }, now);
    if (isSame(own, both)) return false;
    this.#store(sender, both, now);
    return true;
  }

  /** Who the client may be, the most telling first. */
  #sendersOf(address: string, domain: string, now: number): string[] {
    const own = this.#parts.known.ownDomainOf(address, now);
    if (own === '' && domain === '') return [clientOf(address)];
    const domains = [own, domain].filter((each) => each !== '').map((each) => `@${each}`);
    return [...new Set([...domains, clientOf(address)])];
  }

  /** Ends what is known of a refusal, when a message that was taken here says something of it. */
  #end(sender: string, at: number): Ended | undefined {
    const refusal = this.#refusals.get(sender, at);
    if (!refusal || refusal.isOver) return undefined;
    const isSoon = at - refusal.at <= MOVES_WITHIN_MS;
    const isHere = refusal.by === this.#parts.here;
    if (isHere && isSoon) return undefined;
    this.#refusals.set(sender, { ...refusal, isOver: true }, true);
    this.news(`refused ${sender}`);
    return { ...refusal, sender, moved: isHere ? false : isSoon ? true : null };
  }

  #sample(sender: string, { at, moved }: Ended): void {
    if (moved === null) return;
    this.#put(sender, { from: 0, samples: [{ at, moved }] }, at);
  }

  #put(sender: string, more: Record, now: number): void {
    this.#store(sender, joined(this.#record(sender), more, now), now);
    this.news(`sampled ${sender}`);
  }

  #store(sender: string, record: Record, now: number): void {
    const { few, enough, most } = this.#tables;
    const hasEnough = recentOf(record, now).length >= NEEDED;
    const hasRoom = enough.size < most || recentOf(oldestIn(enough), now).length === 0;
    (enough.get(sender) || (hasEnough && hasRoom) ? enough : few).set(sender, record);
  }

  #record(sender: string): Record {
    return this.#tables.enough.get(sender) ?? this.#tables.few.get(sender) ?? noRecord;
  }

  /** Only who has samples can lose them. */
  #earn(sender: string, more: number, now: number): void {
    if (this.#record(sender).samples.length === 0) return;
    const credit = Math.min(CREDIT, (this.#credit.get(sender) ?? CREDIT) + more);
    this.#credit.set(sender, credit > 0 ? credit : CREDIT);
    if (credit <= 0) this.#put(sender, { from: now, samples: [] }, now);
  }
}

function inMemory({ few, enough } = MOST_SENDERS): SenderTables {
  return { few: new BoundedMap(few), enough: new BoundedMap(enough), most: enough };
}

/** What the next entry takes the place of. */
function oldestIn(table: SenderTable): Record {
  for (const [, record] of table.entries()) return record;
  return noRecord;
}
