/**
 * Who is read next: the client that has used the least CPU time, by network and then by address, so that one with much work waits
 * behind those with little. A network that used up its share is read when nobody else waits, and never in two threads
 * at a time. Waiting is bounded in number and octets, and who has the most waiting gives way. Pure bookkeeping.
 */
import { Gcra } from '../../platform/values/gcra.ts';
import type { Rate } from '../../platform/values/rate.ts';

export interface ReadingClient {
  readonly address: string;
  /** Its neighbourhood, which shares a budget. */
  readonly network: string;
  /** One of ours, which has no budget. */
  readonly trusted: boolean;
}

export interface Waiting<T> {
  readonly client: ReadingClient;
  readonly item: T;
  /** Of memory that it holds. */
  readonly bytes: number;
  /** After this nobody waits for it any more. */
  readonly until: number;
}

export interface QueueBounds {
  readonly places: number;
  readonly bytes: number;
}

/** CPU time in ms that a network may use. */
export interface CpuShare extends Rate {
  /** Of one message; with less left than this a network is over its share. */
  readonly perMessage: number;
}

/** Networks and addresses that are remembered. */
const CLIENTS = 10_000;

export class ReadingQueue<T> {
  readonly #bounds: QueueBounds;
  readonly #share: () => CpuShare;
  readonly #spent = new Gcra(CLIENTS);
  readonly #running = new Map<string, number>();
  /** In the order they came. */
  #waiting: Waiting<T>[] = [];
  #bytes = 0;
  /** Networks over their share that are being read. */
  readonly #over = new Set<Waiting<T>>();

  constructor(bounds: QueueBounds, share: () => CpuShare) {
    this.#bounds = bounds;
    this.#share = share;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @returns those that give way to it, itself perhaps */
  add(waiting: Waiting<T>): readonly Waiting<T>[] {
    const dropped: Waiting<T>[] = [];
    this.#waiting.push(waiting);
    this.#bytes += waiting.bytes;
    while (this.#waiting.length > this.#bounds.places) dropped.push(this.#drop(() => 1));
    while (this.#bytes > this.#bounds.bytes && this.#waiting.length > 1)
      dropped.push(this.#drop(({ bytes }) => bytes));
    return dropped;
  }

  /** Takes out those that nobody waits for any more. */
  expired(now: number): readonly Waiting<T>[] {
    const expired = this.#waiting.filter(({ until }) => until <= now);
    for (const waiting of expired) this.#remove(waiting);
    return expired;
  }

  /** The next to be read, which is running from now on. */
  next(now: number): Waiting<T> | undefined {
    let first: Waiting<T> | undefined;
    let best: readonly number[] = [];
    for (const waiting of this.#waiting) {
      const rank = this.#rankOf(waiting.client, now);
      if (first && !isLess(rank, best)) continue;
      first = waiting;
      best = rank;
    }
    const isOver = best[0] === 1;
    if (!first || (isOver && this.#over.size > 0)) return undefined;
    this.#remove(first);
    if (isOver) this.#over.add(first);
    for (const key of keysOf(first.client)) this.#running.set(key, this.#runningOf(key) + 1);
    return first;
  }

  /** It was read, and this is what it took. */
  done(waiting: Waiting<T>, cpuMs: number, now: number): void {
    this.#over.delete(waiting);
    for (const key of keysOf(waiting.client)) {
      const left = this.#runningOf(key) - 1;
      if (left > 0) this.#running.set(key, left);
      else this.#running.delete(key);
      if (!waiting.client.trusted) this.#spent.spend(key, now, this.#share(), cpuMs);
    }
  }

  /** Takes out all. */
  clear(): readonly Waiting<T>[] {
    const all = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return all;
  }

  /** In the order of what counts; the lowest is first. */
  #rankOf({ network, address, trusted }: ReadingClient, now: number): readonly number[] {
    const share = this.#share();
    const spentOf = (key: string): number =>
      trusted ? 0 : share.count - this.#spent.spend(key, now, share, 0);
    const spent = spentOf(network);
    const isOver = share.count - spent < share.perMessage;
    return [isOver ? 1 : 0, this.#runningOf(network), spent, this.#runningOf(address), spentOf(address)];
  }

  #runningOf = (key: string): number => this.#running.get(key) ?? 0;

  /** The newest of the network that has the most; of several that have, the one that came last. */
  #drop(weightOf: (waiting: Waiting<T>) => number): Waiting<T> {
    const weights = new Map<string, number>();
    let heaviest = '';
    let most = -1;
    for (const waiting of this.#waiting) {
      const { network } = waiting.client;
      const weight = (weights.get(network) ?? 0) + weightOf(waiting);
      weights.set(network, weight);
      if (weight >= most) {
        most = weight;
        heaviest = network;
      }
    }
    const dropped = this.#waiting.findLast(({ client }) => client.network === heaviest)!;
    this.#remove(dropped);
    return dropped;
  }

  #remove(waiting: Waiting<T>): void {
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    this.#bytes -= waiting.bytes;
  }
}

/** An address that is no IP address is its own network. */
const keysOf = ({ network, address }: ReadingClient): readonly string[] =>
  network === address ? [network] : [network, address];

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at !== -1 && a[at]! < b[at]!;
}
