/**
 * Which messages are taken in by the memory that is left. Pure bookkeeping.
 *
 * Memory is measured twice a second (`platform/resources/memory-watch.ts`), and a flood fills a container between two measurements. So each
 * message under way has a place, which counts what the message will still take beyond what was measured. A message that has no place
 * is deferred with 452 4.3.1.
 *
 * A client may say any SIZE. What it has said and not sent counts for some seconds only, and one client has at most a quarter of what
 * strangers have. When no other large message is under way, one is taken whatever its size, so that none waits for ever.
 */
import type { MemoryUse } from '../../platform/resources/group-memory.ts';

/** Who brings a message. */
export interface Guest {
  /** Its address, or its network with IPv6. */
  readonly client: string;
  /** It submits mail, or has delivered mail that was taken: it may use the reserve as well. */
  readonly isFavoured: boolean;
}

/** Octets that each session may bring in any case: they are read without a thread and without a block of their own. */
export const FREE_BYTES = 65_536;
/**
 * Octets of memory for each octet of a message, while it is received, read and passed on. Measured with messages of 1.2 MB: 4.7 with
 * 10 at a time, threads included, 3.9 with 20, 3.1 with 40.
 */
export const MEMORY_FACTOR = 4;
/** What strangers may use of what is left; the rest is a reserve for clients that are known and for submitters. */
const STRANGERS = 0.75;
/** What one client may use of that, when it brings several messages. */
const ONE_CLIENT = 0.25;
/** After this, what was announced and has not come counts no more. */
const ANNOUNCED_MS = 10_000;
/** Of the limit, what is kept for everything but messages. */
const SPARE = 0.1;

/** What one worker may use for messages, of what is left to all; blocks that it holds for messages already can be used again. */
export const roomIn = (use: MemoryUse, workers: number, freeBlockBytes: number): number =>
  ((1 - SPARE) * use.limitBytes - use.usedBytes) / workers + freeBlockBytes;

export class MessageRoom {
  readonly #leftBytes: () => number;
  readonly #now: () => number;
  /** Of large messages. */
  readonly #places = new Set<Place>();

  /** @param leftBytes for messages, as measured last */
  constructor(leftBytes: () => number, now: () => number = () => performance.now()) {
    this.#leftBytes = leftBytes;
    this.#now = now;
  }

  /** Whether a message of this size could have a place now. */
  hasRoomFor(sizeBytes: number, guest: Guest): boolean {
    return sizeBytes <= FREE_BYTES || this.#fits(sizeBytes, guest);
  }

  /** A place for a message that begins to come. @returns null when there is none */
  take(sizeBytes: number, guest: Guest): Place | null {
    if (!this.hasRoomFor(sizeBytes, guest)) return null;
    return new Place(this, guest, sizeBytes, this.#now());
  }

  /** Memory was measured: what has come so far is in it. */
  measured(): void {
    const lapsed = this.#now() - ANNOUNCED_MS;
    for (const place of this.#places) place.measured(place.takenAt < lapsed);
  }

  /** Makes a place larger. False when there is no room for that. */
  grow(place: Place, sizeBytes: number): boolean {
    return this.#fits(sizeBytes, place.guest, place);
  }

  /** It counts from now on. */
  add(place: Place): void {
    this.#places.add(place);
  }

  remove(place: Place): void {
    this.#places.delete(place);
  }

  #fits(sizeBytes: number, { client, isFavoured }: Guest, itself?: Place): boolean {
    const needed = MEMORY_FACTOR * sizeBytes - (itself?.measuredBytes ?? 0);
    const others = [...this.#places].filter((place) => place !== itself);
    if (others.length === 0) return true;
    const left = this.#leftBytes();
    if (isFavoured) return needed + wantedBy(others) <= left;
    const same = others.filter(({ guest }) => guest.client === client);
    const isModest = same.length === 0 || needed + wantedBy(same) <= left * STRANGERS * ONE_CLIENT;
    return isModest && needed + wantedBy(others) <= left * STRANGERS;
  }
}

const wantedBy = (places: readonly Place[]): number =>
  places.reduce((sum, { wantedBytes }) => sum + wantedBytes, 0);

/** That of one message, from its first octet until it is done with. */
export class Place {
  readonly guest: Guest;
  readonly takenAt: number;
  /** What of the message had come when memory was measured last. */
  measuredBytes = 0;
  /** There was no room for it when it became larger. */
  isLost = false;
  readonly #room: MessageRoom;
  #arrivedBytes = 0;
  /** What it may grow to without asking. */
  #grantedBytes: number;

  constructor(room: MessageRoom, guest: Guest, sizeBytes: number, takenAt: number) {
    this.#room = room;
    this.guest = guest;
    this.takenAt = takenAt;
    this.#grantedBytes = Math.max(sizeBytes, FREE_BYTES);
    if (sizeBytes > FREE_BYTES) room.add(this);
  }

  /** Memory that it will take beyond what was measured. */
  get wantedBytes(): number {
    return MEMORY_FACTOR * this.#grantedBytes - this.measuredBytes;
  }

  /** So many octets of the message are here. False when there is no room for them: they are not to be kept. */
  arrived(sizeBytes: number): boolean {
    if (this.isLost) return false;
    this.#arrivedBytes = sizeBytes;
    if (sizeBytes <= this.#grantedBytes) return true;
    const more = [2 * this.#grantedBytes, sizeBytes].find(
      (bytes) => bytes >= sizeBytes && this.#room.grow(this, bytes),
    );
    if (more === undefined) {
      this.isLost = true;
      this.release();
      return false;
    }
    this.#grantedBytes = more;
    this.#room.add(this);
    return true;
  }

  measured(isLapsed: boolean): void {
    this.measuredBytes = this.#arrivedBytes;
    if (isLapsed) this.#grantedBytes = Math.max(this.#arrivedBytes, FREE_BYTES);
  }

  release(): void {
    this.#room.remove(this);
  }
}
