/**
 * Cuts what a host sends into replies (RFC 5321 §4.2), wherever the network cut it before.
 *
 * A bare LF ends a line too: hosts differ, and nothing can be smuggled into what is only read. A reply that does not end is
 * an error once it is longer than any real one. A chunk that a host repeats is not parsed again.
 */
import { KnownChunks } from '../../platform/fast/known-chunks.ts';
import { parseReply, type Reply } from '../../platform/values/reply.ts';

const MAX_REPLY_BYTES = 16_384;

const CR = 0x0d;
const LF = 0x0a;
const HYPHEN = 0x2d;

export class ReplyReader {
  /** The beginning of a reply whose end has not come. */
  #rest: Buffer | undefined;
  readonly #known = new KnownChunks<readonly Reply[]>();

  /** @throws Error when the reply under way is too long */
  read(chunk: Buffer, take: (reply: Reply) => void): void {
    const known = this.#rest ? undefined : this.#known.find(chunk);
    if (known) return known.forEach(take);
    // The complete lines of an open reply are read again with each chunk. The longest reply bounds their number.
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
    if (octets === chunk && replyStart === chunk.length) this.#known.keep(chunk, replies);
    this.#rest = replyStart < octets.length ? Buffer.from(octets.subarray(replyStart)) : undefined;
    replies.forEach(take);
    if (this.#rest && this.#rest.length > MAX_REPLY_BYTES) throw new Error('sent a reply without end');
  }
}
