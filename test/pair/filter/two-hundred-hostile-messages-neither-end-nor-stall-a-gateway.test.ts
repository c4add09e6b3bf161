import { expect } from 'chai';
import { describe, it } from 'mocha';
import { hostileMessages, hostileNames, type HostileMessage } from '../../support/hostile/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

/** Of the event loop, at one time. */
const STALL_MS = 200;
/** A machine that is busy with something else stalls any process; a message that does it does it each time. */
const TRIES = 10;
const GROWN_BYTES = 700 * 1024 * 1024;

describe('two hundred hostile messages neither end nor stall a gateway', () => {
  const pair = useProxiedPair({
    config: { 'attachments.refuse': ['is:bomb'], 'judge.messageBudget': '20s' },
  });

  async function send({ octets }: HostileMessage): Promise<Reply> {
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test> BODY=8BITMIME');
    await client.say('RCPT TO:<anna@example.com>');
    const reply = await client.data(octets);
    await client.quit();
    return reply;
  }

  /** The longest time since it was asked last. */
  async function longestStallMs(): Promise<number> {
    const metrics = (await pair().get('inbound', '/metrics')) as string;
    return Number(/^nodejs_eventloop_lag_max_seconds(?:\{[^}]*\})? (\S+)$/m.exec(metrics)?.[1]) * 1000;
  }

  it('each is answered, and while it is read the loop goes on', async function () {
    this.timeout(300_000);
    const pid = pair().inbound.pid;
    const before = pair().inbound.memoryBytes();
    const stalled: string[] = [];
    let count = 0;
    for (const message of hostileMessages()) {
      count += 1;
      let best = Infinity;
      for (let tries = 0; tries < TRIES && best > STALL_MS; tries += 1) {
        await longestStallMs();
        const reply = await send(message);
        expect(reply.code, `${message.name}: ${reply.text}`).to.be.oneOf([250, 550, 552, 554]);
        best = Math.min(best, await longestStallMs());
      }
      if (best > STALL_MS) stalled.push(`${message.name}: ${Math.round(best)} ms`);
    }
    expect(count).to.equal(hostileNames.length).and.to.be.at.least(200);
    expect(stalled).to.deep.equal([]);
    expect(pair().inbound.pid).to.equal(pid);
    expect(pair().inbound.memoryBytes() - before).to.be.below(GROWN_BYTES);
    expect(pair().inbound.logged('session.fault')).to.deep.equal([]);
  });

  it('and none was left unread for want of time', () => {
    const missing = pair()
      .inbound.logged('message.judged-in-part')
      .flatMap((line) => line['missing'] as string[]);
    expect(missing.filter((evidence) => evidence.startsWith('content could not be learnt'))).to.deep.equal(
      [],
    );
    expect(missing.some((evidence) => evidence.startsWith('not looked at'))).to.equal(true);
  });
});
