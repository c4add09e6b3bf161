/** Debian's four mail servers as senders somewhere in the internet, each on a machine of its own. */
import type { Context } from 'mocha';
import { openExim } from './exim-instance.ts';
import { needMachine } from './machine.ts';
import type { MailServer, MailServerOptions } from './mail-server.ts';
import { openOpenSmtpd } from './opensmtpd-instance.ts';
import { openPostfixServer } from './postfix-server.ts';
import { openSendmail } from './sendmail-instance.ts';

const kinds = {
  Postfix: openPostfixServer,
  Exim: openExim,
  Sendmail: openSendmail,
  OpenSMTPD: openOpenSmtpd,
} satisfies Record<string, (options: MailServerOptions) => Promise<MailServer>>;

export type SenderName = keyof typeof kinds;
export const senderNames = Object.keys(kinds) as SenderName[];

/** The user who sends, at each of them. */
export const senderAddress = (name: SenderName): string => `zoe@${domainOf(name)}`;
const domainOf = (name: SenderName): string => `${name.toLowerCase()}.example`;

export interface DebianSenders {
  readonly of: Readonly<Record<SenderName, MailServer>>;
  close(): Promise<void>;
}

/** Skips the suite where they cannot be had. @param resolver a loopback address where a DNS listens on port 53 */
export async function openDebianSenders(context: Context, resolver: string): Promise<DebianSenders> {
  needMachine(context, 'postfix', 'exim4', 'sendmail', 'opensmtpd');
  const opened = await Promise.allSettled(
    senderNames.map((name, index) =>
      kinds[name]({
        name: `mail.${domainOf(name)}`,
        domain: domainOf(name),
        users: { zoe: 'secret' },
        address: `127.0.14.${101 + index}`,
        port: 2525,
        submissionPort: 2587,
        resolver,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
  };
  const failed = opened.find((each) => each.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const servers = opened.map((each) => (each as PromiseFulfilledResult<MailServer>).value);
  const of = Object.fromEntries(
    senderNames.map((name, index) => [name, servers[index]]),
  ) as DebianSenders['of'];
  return { of, close };
}
