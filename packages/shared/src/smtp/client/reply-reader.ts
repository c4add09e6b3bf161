/**
 * Cuts what a host sends into replies (RFC 5321 §4.2), wherever the network cut it before.
 *
 * A bare LF ends a line too: hosts differ, and nothing is smuggled by what is only read. A reply that never ends
 * is an error once it is longer than any real one.
 */
import { parseReply, type Reply } from '../../platform/values/reply.ts';

const MAX_REPLY_BYTES = 16_384;
/** A host says the same few things with every message. What it said is known by its octets, one for each length. */
const MAX_KNOWN = 32;
const MAX_KNOWN_BYTES = 256;

interface Known {
  readonly octets: Buffer;
  readonly replies: readonly Reply[];
}

const CR = 0x0d;
const LF = 0x0a;
const HYPHEN = 0x2d;

export class ReplyReader {
  /** The beginning of a reply whose end has not come. */
  #rest: Buffer | undefined;
  readonly #known = new Map<number, Known>();

  /** @throws Error when the reply under way is too long */
  read(chunk: Buffer, take: (reply: Reply) => void): void {
    const known = this.#rest ? undefined : this.#known.get(chunk.length);
    if (known?.octets.equals(chunk)) return known.replies.forEach(take);
    // Complete lines that are waiting are looked at again; their number is bounded with their length.
    const octets = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    const replies: Reply[] = [];
    let replyStart = 0;
    let lineStart = 0;
    for (let end = octets.indexOf(LF); end >= 0; end = octets.indexOf(LF, lineStart)) {
      const more = lineStart + 3 < end && octets[lineStart + 3] === HYPHEN;
      lineStart = end + 1;
      if (more) continue;
      const textEnd = octets[end - 1] === CR ? end - 1 : end;
      replies.push(parseReply(octets.toString('utf8', replyStart, textEnd)));
      replyStart = lineStart;
    }
    if (octets === chunk && replyStart === chunk.length) this.#know(chunk, replies);
    this.#rest = replyStart < octets.length ? Buffer.from(octets.subarray(replyStart)) : undefined;
    replies.forEach(take);
    if (this.#rest && this.#rest.length > MAX_REPLY_BYTES) throw new Error('sent a reply without end');
  }

  #know(chunk: Buffer, replies: readonly Reply[]): void {
    if (chunk.length > MAX_KNOWN_BYTES) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(chunk.length, { octets: Buffer.from(chunk), replies });
  }
}
