/** What a host says to recipients, in a session of its own that sends nothing. */
import { SmtpClient, type Reply, type Target } from './smtp-client.ts';

export async function repliesToRcpt(target: Target, ...recipients: readonly string[]): Promise<Reply[]> {
  const client = await SmtpClient.greet(target);
  await client.say('MAIL FROM:<bert@sender.test>');
  const replies: Reply[] = [];
  for (const recipient of recipients) replies.push(await client.say(`RCPT TO:<${recipient}>`));
  await client.quit();
  return replies;
}
