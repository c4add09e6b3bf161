/** A reply as it stands on the wire. The lines of the fixed replies are composed once, when the process starts. */
import { formatReply, replies, type Reply } from '../values/reply.ts';

const MAX_REPLY = 510;

const composed = new Map<Reply, string>(
  Object.values(replies)
    .filter((reply) => typeof reply === 'object')
    .map((reply) => [reply, replyLineSimple(reply)]),
);

/** One line without its end, whatever the text of the reply contains (RFC 5321 §4.2, §4.5.3.1.5). */
export const replyLine = (reply: Reply): string => composed.get(reply) ?? replyLineSimple(reply);

/** The same, composed for each call. */
export function replyLineSimple(reply: Reply): string {
  const line = formatReply(reply);
  return line.length <= MAX_REPLY && !/[^\x20-\x7e]/.test(line)
    ? line
    : line
        .replace(/[\x00-\x1f\x7f]+/g, ' ')
        .replace(/[^\x20-\x7e]/g, '?')
        .slice(0, MAX_REPLY);
}
