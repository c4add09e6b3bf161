/**
 * The queue is many short ones: a lane is what waits for one domain from one submitter, in the order it is due. So a next
 * hop that is dead, or a submitter that has its share, costs a look at a lane and not at its entries.
 *
 *     DOMAIN SP SUBMITTER     one domain; the submitter is '' for mail from the internet and of our own
 *     * SP SUBMITTER          recipients in several domains
 *     #NN                     one of 256 for names that cannot be keys, and for more lanes than are kept apart
 *     ~                       never due: held, or nothing open
 */
import { hash } from 'node:crypto';
import { domainOf } from '../../platform/values/address.ts';
import { isOpen, type Entry } from '../../platform/values/entry.ts';

export interface LaneName {
  /** Undefined when the lane holds entries for several. */
  readonly domain: string | undefined;
  /** Undefined when the lane may hold entries of several. */
  readonly submitter: string | undefined;
}

export const neverLane = '~';
const several = '*';
const plain = /^[!-~]{0,255} [!-~]{0,255}$/;

/** Where an entry that is due some time belongs; by its recipients that are still open. */
export function laneOf({ recipients, origin: { submitter = '' } }: Entry): string {
  let domain: string | undefined;
  for (const recipient of recipients) {
    if (!isOpen(recipient)) continue;
    const its = domainOf(recipient.address);
    if (domain === undefined) domain = its;
    else if (domain !== its) {
      domain = several;
      break;
    }
  }
  const name = `${domain ?? several} ${submitter}`;
  return plain.test(name) && !name.startsWith('#') && !name.startsWith('~') ? name : bucketOf(name);
}

const isBucket = (lane: string): boolean => lane.startsWith('#');
export const bucketOf = (name: string): string => `#${hash('sha256', name).slice(0, 2)}`;

export function parseLane(lane: string): LaneName {
  const space = lane.indexOf(' ');
  if (space < 0) return { domain: undefined, submitter: undefined };
  const domain = lane.slice(0, space);
  return { domain: domain === several ? undefined : domain, submitter: lane.slice(space + 1) };
}

/**
 * The lanes that have a name of their own, so many at most: beyond that, one that is empty gives up its place, and where
 * none is, the newcomer shares a bucket. What is in a bucket is attempted all the same, only with less regard.
 */
export class NamedLanes {
  readonly #most: number;
  readonly #isEmpty: (lane: string) => boolean;
  readonly #names = new Set<string>();
  /** Something that has a name may lie in a bucket. */
  #sharesBuckets = false;

  constructor(isEmpty: (lane: string) => boolean, most = 50_000) {
    this.#isEmpty = isEmpty;
    this.#most = most;
  }

  /** One that is on disk already. */
  add(lane: string): void {
    if (isBucket(lane)) this.#sharesBuckets = true;
    this.#names.add(lane);
  }

  /** Where that lies which was filed under a name, whenever that was; undefined when only it itself can tell. */
  sure(lane: string): string | undefined {
    return isBucket(lane) || (!this.#sharesBuckets && this.#names.has(lane)) ? lane : undefined;
  }

  /** The lane to file under. */
  admit(lane: string): string {
    if (this.#names.has(lane) || isBucket(lane)) return lane;
    if (this.#names.size >= this.#most && !this.#makeRoom()) {
      this.#sharesBuckets = true;
      return bucketOf(lane);
    }
    this.#names.add(lane);
    return lane;
  }

  #makeRoom(): boolean {
    let tries = 0;
    for (const name of this.#names) {
      this.#names.delete(name);
      if (this.#isEmpty(name)) return true;
      this.#names.add(name);
      if ((tries += 1) >= TRIES) return false;
    }
    return false;
  }
}

const TRIES = 4;
