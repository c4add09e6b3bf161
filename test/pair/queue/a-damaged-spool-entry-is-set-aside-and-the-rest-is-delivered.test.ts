import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a damaged spool entry', () => {
  const pair = usePair({ start: ['outbound'] });

  it('is set aside, reported and kept, and the rest is delivered', async () => {
    const { directory, internet, outbound, submission } = pair();
    await internet.stop();
    const messages = Array.from({ length: 5 }, () =>
      composeMessage('middling', { from: 'anna@example.com', to: ['bert@example.net'] }),
    );
    for (const message of messages) await sendOnce(submission, message);
    expect(await outbound.stop()).to.equal(0);

    const bodies = join(directory, 'outbound', 'bodies');
    const victim = join(bodies, readdirSync(bodies)[2]!);
    const octets = readFileSync(victim);
    const damaged = messages.find(({ id }) => octets.includes(`${id}\r\n`))!;
    octets[octets.length - 100]! ^= 1;
    writeFileSync(victim, octets);

    await internet.start();
    await outbound.start();
    await internet.until((all) => all.length === messages.length - 1, 40_000);
    await queueOf(pair(), 'outbound', 0);
    await outbound.until(({ event }) => event === 'spool.damaged');
    const [report] = outbound.logged('spool.damaged');
    expect(report).to.have.property('fault').that.includes('SHA-256');
    expect(internet.deliveries.map(({ id }) => id)).to.have.members(
      messages.map(({ id }) => id).filter((id) => id !== damaged.id),
    );
    expect(readFileSync(victim).equals(octets)).to.equal(true);
  }).timeout(60_000);
});
