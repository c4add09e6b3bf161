/** A reply as it stands on the wire. Those that are always the same are composed once. */
import { formatReply, replies, type Reply } from '../../platform/values/reply.ts';

const MAX_REPLY = 510;

const ready = new Map<Reply, string>(
  Object.values(replies)
    .filter((reply) => typeof reply === 'object')
    .map((reply) => [reply, composeLine(reply)]),
);

/** One line without its end, whatever a hook put into the reply (RFC 5321 §4.2, §4.5.3.1.5). */
export const replyLine = (reply: Reply): string => ready.get(reply) ?? composeLine(reply);

function composeLine(reply: Reply): string {
  const line = formatReply(reply);
  return line.length <= MAX_REPLY && !/[^\x20-\x7e]/.test(line)
    ? line
    : line
        .replace(/[\x00-\x1f\x7f]+/g, ' ')
        .replace(/[^\x20-\x7e]/g, '?')
        .slice(0, MAX_REPLY);
}
