/** What the readers of archives have in common. */

/** How much is unpacked of one message. */
export interface UnpackBounds {
  /** Archives within each other. */
  readonly depth: number;
  /** Octets, all archives together. */
  readonly bytes: number;
  /** CPU time, of the whole message. */
  readonly cpuMs: number;
}

export const OUT_OF_TIME = 'it takes more CPU time than one message may have';

/** What is left of that, and of what is looked at. */
export class Unpacking {
  readonly depth: number;
  roomBytes: number;
  members = 5_000;
  readonly #cpuMs: number;
  readonly #usedMs: () => number;

  /** @param usedMs CPU time that reading the message has taken by now */
  constructor({ depth, bytes, cpuMs }: UnpackBounds, usedMs: () => number) {
    this.depth = depth;
    this.roomBytes = bytes;
    this.#cpuMs = cpuMs;
    this.#usedMs = usedMs;
  }

  /** Octets that were unpacked count, also those that are not kept. @throws when there is no time left */
  took(bytes: number): void {
    this.roomBytes = Math.max(0, this.roomBytes - bytes);
    this.checkTime();
  }

  /** @throws when there is no time left */
  checkTime(): void {
    if (this.#usedMs() >= this.#cpuMs) throw new ArchiveFault(OUT_OF_TIME);
  }
}

export interface Member {
  readonly name: string;
  /** Content-Type in lower case, where something declares it. */
  readonly declaredType?: string;
  /** As the archive says. */
  readonly sizeBytes: number;
  /** The first octets; empty where they cannot be had. */
  readonly head: Buffer;
  readonly encrypted?: boolean;
  /** Why its content cannot be had. */
  readonly unopened?: string;
  /** It is packed in a way that another reader may know. */
  readonly foreign?: true;
  /** All of it, while its turn lasts. @throws when it is damaged, or more than there is room for */
  content(): Buffer;
  /** Unpacks what the head does not show. @throws when it is damaged, or larger than the archive says, or than there is room for */
  check?(): void;
}

/** Why an encrypted file is not opened. */
export const ENCRYPTED = 'it is encrypted';

/** The archive cannot be read, or not further. */
export class ArchiveFault extends Error {
  override name = 'ArchiveFault';
}

/** It unpacks to more than there is room for. */
export class TooLarge extends ArchiveFault {
  override name = 'TooLarge';
}

/** It is made to unpack to more than anybody has room for. */
export class Bomb extends ArchiveFault {
  override name = 'Bomb';
}

/** A file that grows by more than this is made to. Deflate alone reaches it with nothing but one octet repeated. */
const BOMB_RATIO = 500;
/** … unless it stays small. */
const BOMB_BYTES = 20 * 1024 * 1024;

export const isBomb = (packedBytes: number, bytes: number): boolean =>
  bytes > BOMB_BYTES && bytes > packedBytes * BOMB_RATIO;

/** The fault of packed octets that unpack to at least so many. */
export const tooMuch = (packedBytes: number, bytes: number): ArchiveFault =>
  isBomb(packedBytes, bytes)
    ? new Bomb('it is made to unpack to more than anybody has room for')
    : new TooLarge('it unpacks to more than attachments.unpack allows');

/** Octets that say what a file is; for a disc image and a tar they lie deeper than for others. */
export const HEAD_BYTES = 33_000;

/** A file that is not packed. */
export const memberOf = (name: string, content: Buffer): Member => ({
  name,
  sizeBytes: content.length,
  head: content.subarray(0, HEAD_BYTES),
  content: () => content,
});
