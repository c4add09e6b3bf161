/** What the readers of archives have in common. */

/** How much is unpacked of one message. */
export interface UnpackBounds {
  /** Archives within each other. */
  readonly depth: number;
  /** Octets, all archives together. */
  readonly bytes: number;
}

/** What is left of that, and of what is looked at. */
export class Unpacking {
  readonly depth: number;
  roomBytes: number;
  members = 5_000;

  constructor({ depth, bytes }: UnpackBounds) {
    this.depth = depth;
    this.roomBytes = bytes;
  }

  /** Octets that were unpacked count, also those that are not kept. */
  took(bytes: number): void {
    this.roomBytes = Math.max(0, this.roomBytes - bytes);
  }
}

export interface Member {
  readonly name: string;
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
}

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

/** Octets that say what a file is; for a disc image and a tar they lie deeper than for others. */
export const HEAD_BYTES = 33_000;
