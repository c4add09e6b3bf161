/**
 * One message on its way in, by DATA or in chunks by BDAT (RFC 3030): its octets, collected and decoded, and whether it
 * is refused whatever follows.
 */
import type { Settings } from '../../config/settings.ts';
import { replies, type Reply } from '../../platform/values/reply.ts';
import type { Body } from '../../platform/values/body.ts';
import { DataDecoder } from './data-decoder.ts';
import { beginningOf, HeaderMeasure, MOST_HEADER_BYTES, type Beginning } from './beginning.ts';
import { MessageData } from './message-data.ts';
import type { Place } from './message-room.ts';
import type { SessionContext } from './session-context.ts';

/** What stands before a message that does not begin with a field, so that our own fields end before it begins. */
const put: Readonly<Partial<Record<Beginning, Buffer>>> = {
  text: Buffer.from('\r\n'),
  mbox: Buffer.from('X-Mailbox-Line: '),
};

export class Incoming {
  readonly isChunked: boolean;
  readonly decoder: DataDecoder;
  /** Set by the owner: all of it is here. */
  isWhole = false;
  readonly #data: MessageData;
  readonly #place: Place;
  readonly #smtp: Settings['smtp'];
  #beginning: Beginning | undefined;
  /** The octets before it is known. */
  #start: Buffer | undefined;
  readonly #header = new HeaderMeasure();

  constructor({ role, smtp, limits, room, newPath }: SessionContext, place: Place, isChunked: boolean) {
    this.isChunked = isChunked;
    this.#place = place;
    this.#smtp = smtp;
    this.decoder = new DataDecoder(smtp.bareLineEnds, isChunked ? 'chunks' : 'dots');
    this.#data = new MessageData({
      maxBytes: smtp.maxMessageBytes,
      memoryBytes: limits.memoryPerMessageBytes,
      room,
      isBrief: role === 'mx',
      newPath,
    });
  }

  /** What has come so far. */
  get sizeBytes(): number {
    return this.#data.sizeBytes;
  }

  /** There is, or will be, something to discard. */
  get isHeld(): boolean {
    return this.#data.isHeld;
  }

  /** Takes a decoded piece; a promise asks the caller to wait. */
  push(piece: Buffer): Promise<void> | undefined {
    if (this.#beginning === undefined) return this.#begin(piece);
    if (!this.#header.ended) this.#header.add(piece);
    if (!this.#place.arrived(this.#data.sizeBytes + piece.length)) this.#data.abandon();
    return this.#data.push(piece);
  }

  #begin(piece: Buffer): Promise<void> | undefined {
    const start = this.#start ? Buffer.concat([this.#start, piece]) : piece;
    const beginning = beginningOf(start);
    if (beginning === undefined) {
      this.#start = Buffer.from(start);
      return undefined;
    }
    this.#beginning = beginning;
    this.#header.ended = beginning === 'none' || beginning === 'text';
    const before = put[beginning];
    if (before) this.#data.begin(before);
    return this.push(start);
  }

  /** Takes octets of a chunk as they are. */
  take(octets: Buffer): Promise<void> | undefined {
    let pressure: Promise<void> | undefined;
    this.decoder.feed(octets, (piece) => {
      pressure = this.push(piece) ?? pressure;
    });
    return pressure;
  }

  /** No more chunks will come. */
  end(): void {
    this.decoder.finish((piece) => void this.push(piece));
  }

  /** Why it will be refused, as far as it is known; null when it may not be. */
  get refusal(): Reply | null {
    if (this.#data.tooBig) return replies.messageTooBig(this.#smtp.maxMessageBytes);
    if (this.#place.isLost) return replies.noRoom;
    if (this.#beginning === 'continuation') return replies.beginsWithBlank;
    if (this.#header.sizeBytes > MOST_HEADER_BYTES) return replies.headerTooBig(MOST_HEADER_BYTES);
    return this.decoder.bareLineEnd && this.#smtp.bareLineEnds === 'reject' ? replies.bareLineEnd : null;
  }

  /** @throws what writing its file threw, `ENOSPC` above all */
  body(): Body | Promise<Body> {
    return this.#data.finish(this.decoder.isTransparent);
  }

  discard(): Promise<void> {
    return this.#data.discard();
  }
}
