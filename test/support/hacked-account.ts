/** A submitter that sends as fast as it can over a few sessions, as a program with a stolen password does. */
import { SmtpClient, type Target } from './smtp-client.ts';

export interface Flood {
  readonly from: string | ((number: number) => string);
  readonly messages: number;
  /** Sessions at a time. */
  readonly sessions: number;
  readonly recipientOf: (number: number) => string;
  /** Else by `greet`. */
  readonly connect?: () => Promise<SmtpClient>;
}

/** @returns how many were answered 250 */
export async function flood(
  target: Target,
  { from, messages, sessions, recipientOf, connect = () => SmtpClient.greet(target, 'hacked.test') }: Flood,
): Promise<number> {
  const senderOf = typeof from === 'string' ? () => from : from;
  let next = 0;
  let taken = 0;
  const work = async (): Promise<void> => {
    const client = await connect();
    for (let number = next++; number < messages; number = next++) {
      const sender = senderOf(number);
      const octets = Buffer.from(`From: ${sender}\r\nTo: you\r\nSubject: You have won\r\n\r\nClick here\r\n`);
      await client.say(`MAIL FROM:<${sender}>`);
      await client.say(`RCPT TO:<${recipientOf(number)}>`);
      if ((await client.data(octets)).code === 250) taken += 1;
    }
    await client.quit();
  };
  await Promise.all(Array.from({ length: sessions }, work));
  return taken;
}
