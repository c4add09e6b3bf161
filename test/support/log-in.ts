/** A session of a user: over STARTTLS, with a password. */
import { expect } from 'chai';
import { SmtpClient, type Target } from './smtp-client.ts';

export async function logIn(target: Target, user: string, password: string): Promise<SmtpClient> {
  const client = await SmtpClient.greet(target);
  await client.startTls();
  await client.say('EHLO client.test');
  const login = Buffer.from(`\0${user}\0${password}`).toString('base64');
  expect((await client.say(`AUTH PLAIN ${login}`)).code).to.equal(235);
  return client;
}
