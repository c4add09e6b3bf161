/** Mail of the pair's own users, and what a mail server got of it, to be verified. */
import { composeMessage, digestOf, type Correspondents, type Shape, type TestMessage } from './messages.ts';
import type { Delivery } from './local-server-session.ts';

/** A message whose author is who sends it. */
export function composeOwn(
  shape: Shape,
  correspondents: Correspondents,
  author = correspondents.from,
): TestMessage {
  const message = composeMessage(shape, correspondents);
  const text = message.octets.toString('latin1').replace('someone@sender.test', author);
  const octets = Buffer.from(text, 'latin1');
  return { ...message, octets, digest: digestOf(octets) };
}

/** What came, octet for octet: the fields that were added, and the message as it was sent. */
export function arrived({ head, digest }: Delivery, { octets, digest: sent }: TestMessage): Buffer {
  if (digest !== sent) throw new Error('the message is not what was sent');
  return Buffer.concat([Buffer.from(head, 'latin1'), octets]);
}
