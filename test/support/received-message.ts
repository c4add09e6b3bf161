/** A message of a stranger as the joints have it after DATA. */
import type { Message } from '@mailpair/shared/filter/contract/message';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { ListenerRole } from '@mailpair/shared/platform/values/session';
import { bodyText } from './spool-mail.ts';

export const receivedMessage = ({
  id = 'M1',
  receivedAt = 1_000,
  to = ['anna@example.com'],
  body = bodyText('Subject: x\r\n\r\nx\r\n'),
  role = 'mx',
}: {
  readonly id?: string;
  readonly receivedAt?: number;
  readonly to?: readonly string[];
  readonly body?: Body;
  readonly role?: ListenerRole;
}): Message => ({
  id,
  receivedAt,
  envelope: {
    reversePath: 'a@sender.test',
    recipients: to.map((address) => ({ address })),
    eightBit: false,
    smtpUtf8: false,
    requireTls: false,
  },
  body,
  session: {
    id: 's',
    role,
    listener: 'l',
    client: { address: '192.0.2.7', port: 1 },
    helo: 'h.test',
    esmtp: true,
    trusted: false,
  },
  head: 'Received: here\r\n',
  outcomes: [],
});
