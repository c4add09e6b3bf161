/**
 * Cuts what a host sends into replies (RFC 5321 §4.2), wherever the network cut it before.
 *
 * A bare LF ends a line too: hosts differ, and nothing is smuggled by what is only read. A reply that never ends
 * is an error once it is longer than any real one.
 */
import { parseReply, type Reply } from '../values/reply.ts';

const MAX_REPLY_BYTES = 16_384;
/** The same few texts come again with every message. */
const MAX_KNOWN = 32;
const MAX_KNOWN_BYTES = 128;

const CR = 0x0d;
const LF = 0x0a;
const HYPHEN = 0x2d;

export class ReplyReader {
  /** The beginning of a reply whose end has not come. */
  #rest: Buffer | undefined;
  readonly #known = new Map<string, Reply>();

  /** @throws Error when the reply under way is too long */
  read(chunk: Buffer, take: (reply: Reply) => void): void {
    // Complete lines that are waiting are looked at again; their number is bounded with their length.
    const octets = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let replyStart = 0;
    let lineStart = 0;
    for (let end = octets.indexOf(LF); end >= 0; end = octets.indexOf(LF, lineStart)) {
      const more = lineStart + 3 < end && octets[lineStart + 3] === HYPHEN;
      lineStart = end + 1;
      if (more) continue;
      const textEnd = octets[end - 1] === CR ? end - 1 : end;
      take(this.#parse(octets.toString('utf8', replyStart, textEnd)));
      replyStart = lineStart;
    }
    this.#rest = replyStart < octets.length ? Buffer.from(octets.subarray(replyStart)) : undefined;
    if (this.#rest && this.#rest.length > MAX_REPLY_BYTES) throw new Error('sent a reply without end');
  }

  #parse(text: string): Reply {
    const known = this.#known.get(text);
    if (known) return known;
    const reply = parseReply(text);
    if (text.length <= MAX_KNOWN_BYTES) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(text, reply);
    }
    return reply;
  }
}
