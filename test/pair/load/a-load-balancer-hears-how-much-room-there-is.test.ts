/** A gateway behind a load balancer: the agent and the track file, from its start to its end. */
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { openPair, ROUND, type Pair } from '../../support/pair.ts';
import { freePorts } from '../../support/ports.ts';
import { SmtpClient } from '../../support/smtp-client.ts';

describe('a load balancer hears how much room there is', () => {
  let pair: Pair;
  let port: number;
  const track = (): string => readFileSync(join(pair.directory, 'inbound', 'headroom'), 'utf8');

  before(async () => {
    pair = await openPair({ start: [] });
    [port] = (await freePorts(1)) as [number];
    pair.configure({
      'inbound.listen': [{ address: `127.0.0.1:${pair.mxIn.port}`, proxy: ['127.0.0.1'] }],
      'inbound.agent': `127.0.0.1:${port}`,
      'judge.mode': 'off',
      'inbound.trackFile': join(pair.directory, 'inbound', 'headroom'),
    });
    await pair.inbound.start();
  });

  after(() => pair.close());

  async function ask(): Promise<string> {
    const socket = createConnection({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    let answer = '';
    for await (const piece of socket) answer += String(piece);
    return answer;
  }

  async function until(read: () => string | Promise<string>, pattern: RegExp): Promise<void> {
    while (
      !pattern.test(
        await Promise.resolve()
          .then(read)
          .catch(() => ''),
      )
    )
      await new Promise(setImmediate);
  }

  it('while it serves: its weight, and its headroom', async () => {
    expect(await ask()).to.match(/^up ready \d+%\n$/);
    await until(track, /^\d+\n$/);
  });

  it('while it drains: drain, and a fault, also when it has ended', async () => {
    // Each worker has a message under way, so that the first, which answers, drains too.
    const begin = async (): Promise<SmtpClient> => {
      const client = await SmtpClient.connect(pair.mxIn);
      client.send('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\r\n');
      await client.greeting;
      for (const line of ['EHLO x', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<anna@example.com>', 'DATA'])
        await client.say(line);
      return client;
    };
    const clients = await Promise.all(Array.from({ length: ROUND }, begin));
    const stopped = pair.inbound.stop();
    await until(ask, /^drain\n$/);
    await until(track, /^-254\n$/);
    for (const client of clients) {
      expect((await client.say('Subject: x\r\n\r\nx\r\n.')).code).to.equal(250);
      client.destroy();
    }
    // The balancer goes on asking; the listeners do not close before it has seen the answer often enough.
    const isGone = (): Promise<string> =>
      ask().then(
        () => '',
        () => 'gone',
      );
    await until(isGone, /^gone$/);
    expect(await stopped).to.equal(0);
    expect(track()).to.equal('-254\n');
    expect(pair.local.deliveries[0]?.head).to.match(/from x \(.*\[192\.0\.2\.7\]/);
  });
});
