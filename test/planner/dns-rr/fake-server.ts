/** A name server in memory that checks prerequisites as a real one does (RFC 2136 §3.2), addresses and views at once. */
import type { PublishedAddress } from '@mailpair/planner/dns-rr/balance';
import { UpdateFault } from '@mailpair/planner/dns-rr/faults';
import type { RecordServer, Standing, ViewChange } from '@mailpair/planner/dns-rr/record-server';

export const published = (...addresses: readonly string[]): PublishedAddress[] =>
  addresses.map((address) => ({ address, ttlSeconds: 60 }));

export const list = (records: readonly PublishedAddress[]): string[] => records.map(({ address }) => address);

export class FakeServer implements RecordServer {
  records: PublishedAddress[];
  views: Buffer[] = [];
  /** What it says instead of doing anything. */
  refuses: string | undefined;
  /** It lets the key change addresses only. */
  refusesViews = false;
  /** The next change is done, and its answer lost. */
  losesAnswer = false;
  asked = 0;
  /** Of addresses. */
  updates = 0;
  /** Of views. */
  viewUpdates = 0;
  readonly zones: string[] = [];
  /** Done between a read and the update after it. */
  meanwhile: (() => void) | undefined;

  constructor(...addresses: readonly string[]) {
    this.records = published(...addresses);
  }

  async findZone(): Promise<string> {
    this.#ask();
    return 'example.com';
  }

  async read(): Promise<Standing> {
    this.#ask();
    const standing = { addresses: [...this.records], views: [...this.views] };
    this.meanwhile?.();
    return standing;
  }

  async replace(zone: string, before: Standing, after: readonly PublishedAddress[]): Promise<boolean> {
    this.#ask();
    this.zones.push(zone);
    if (!isSameSet(list(before.addresses), list(this.records)) || !this.#hasViews(before)) return false;
    this.records = [...after];
    this.updates += 1;
    return this.#answer();
  }

  async changeViews(_zone: string, before: Standing, { drop, add }: ViewChange): Promise<boolean> {
    this.#ask();
    if (this.refusesViews) throw new UpdateFault('not allowed', true);
    if (!this.#hasViews(before)) return false;
    const dropped = drop.map(hex);
    this.views = [...this.views.filter((data) => !dropped.includes(hex(data))), ...add];
    this.viewUpdates += 1;
    return this.#answer();
  }

  #hasViews({ views }: Standing): boolean {
    return isSameSet(views.map(hex), this.views.map(hex));
  }

  #answer(): true {
    if (!this.losesAnswer) return true;
    this.losesAnswer = false;
    throw new UpdateFault('no answer');
  }

  #ask(): void {
    this.asked += 1;
    if (this.refuses !== undefined) throw new UpdateFault(this.refuses);
  }
}

const hex = (data: Buffer): string => data.toString('hex');

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join() === b.toSorted().join();
