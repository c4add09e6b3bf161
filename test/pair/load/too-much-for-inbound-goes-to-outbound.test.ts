/**
 * The load is real: sessions that are held open, of the forty that are allowed. Nobody is sent away by 35 of them; at 37 every
 * stranger is and no known client, and at 38 the port is closed.
 */
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Crowd, fortySessions, knock, untilAllHear, untilDoor } from '../../support/crowd.ts';
import {
  eventually,
  healthOf,
  metricOf,
  untilBothAlive,
  untilPartner,
  useSecret,
} from '../../support/heartbeat.ts';
import { countMail } from '../../support/ledger.ts';
import { composeMessage } from '../../support/messages.ts';
import { openSenders, type Senders } from '../../support/senders.ts';
import type { SmtpClient, Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const message = () => composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });

describe('too much for inbound', () => {
  const pair = usePair({
    config: { ...useSecret().config, ...fortySessions },
  });
  let crowd: Crowd;
  let strangers = 0;
  let senders: Senders;

  before(async () => {
    await untilBothAlive(pair());
    const { mxIn, mxOut } = pair();
    crowd = await Crowd.meet(mxIn, message());
    senders = openSenders({ targets: () => [stranger(mxIn), stranger(mxOut)], parallel: 1 });
  });
  after(() => {
    senders.close();
    crowd.close();
  });

  /** Each from an address of its own. */
  function stranger(target: Target): Target {
    strangers += 1;
    return { ...target, localAddress: `127.0.${7 + (strangers >> 8)}.${strangers & 255}` };
  }
  const doorIs = (door: string) => untilDoor(pair(), 'inbound', door);
  const sendMail = async (): Promise<string | undefined> => {
    senders.send(message());
    await senders.idle();
    return senders.sent.at(-1)!.accepted.get('anna@example.com');
  };

  it('is nothing while its sessions are not near their limit: everybody is let in', async () => {
    await crowd.grow(35);
    const { said, client } = await knock(stranger(pair().mxIn));
    expect(said).to.equal('220');
    await client!.quit();
    expect(pair().inbound.logged('gate.shedding')).to.deep.equal([]);
  });

  it('sends every stranger to the other MX before the first known client', async () => {
    await crowd.grow(37);
    const other = /^421 4\.3\.2 .*other MX host/;
    await untilAllHear(() => stranger(pair().mxIn), other);
    for (let count = 0; count < 10; count += 1)
      expect((await knock(stranger(pair().mxIn))).said).to.match(other);
    expect(crowd.turnedAway).to.equal(0);
    expect(await sendMail()).to.equal(pair().mxOut.name);
    expect(await metricOf(pair(), 'inbound', 'clients_sent_away_total', { how: 'shed' })).to.be.at.least(11);
  });

  it('makes a sender that only defers wait, as those do that take 421 for a word of the whole domain', async () => {
    const deferring = openSenders({ targets: () => [stranger(pair().mxIn)], parallel: 1, retryMs: 50 });
    deferring.send(message());
    await eventually(
      () => Promise.resolve(deferring.sent[0]!.deferrals),
      (deferrals) => deferrals >= 2,
    );
    await crowd.shrink(20);
    await deferring.idle();
    expect(deferring.sent[0]!.accepted.get('anna@example.com')).to.equal(pair().mxIn.name);
    deferring.close();
    await doorIs('open');
    await crowd.grow(37);
  });

  it('is seen: in the health of inbound, and by its partner', async () => {
    await untilPartner(pair(), 'outbound', ({ sheds, headroom }) => sheds && headroom === 0);
    await eventually(
      () => healthOf(pair(), 'inbound'),
      ({ load }) => load.value >= 0.9,
    );
    expect(await metricOf(pair(), 'inbound', 'load_part', { part: 'sessions' })).to.be.within(0.9, 0.93);
  });

  it('closes its port past the limit: who comes is refused, who is there goes on', async () => {
    await crowd.grow(38);
    await doorIs('shut');
    await untilAllHear(() => crowd.target, /ECONNREFUSED/);
    const [session] = crowd.members as [SmtpClient];
    await session.say('EHLO client.test');
    await session.say('MAIL FROM:<bert@sender.test>');
    expect((await session.say('RCPT TO:<anna@example.com>')).code).to.equal(250);
    expect((await session.data(message().octets)).code).to.equal(250);
    expect(await sendMail()).to.equal(pair().mxOut.name);
    expect(await metricOf(pair(), 'inbound', 'shut')).to.equal(1);
  });

  it('opens its port when it is well below the limit, and to everybody when well below the budget', async () => {
    await crowd.shrink(33);
    await doorIs('shedding');
    await crowd.grow(34);
    await crowd.shrink(20);
    await doorIs('open');
    // A commit that takes a second on a busy disk is load too, and sends a message of this test to the other MX.
    await eventually(sendMail, (host) => host === pair().mxIn.name);
  });

  it('is not sent to a partner that is dead: the port opens, strangers wait their turn, nothing is lost', async () => {
    await crowd.grow(38);
    await doorIs('shut');
    await pair().outbound.kill9();
    await doorIs('open');
    await untilAllHear(() => stranger(pair().mxIn), /^421 4\.3\.2 Too many connections/);
    await crowd.grow(39);
    senders.send(message());
    await deferred(senders);
    await crowd.shrink(0);
    await senders.idle();
    expect(senders.sent.at(-1)!.accepted.get('anna@example.com')).to.equal(pair().mxIn.name);
    const { lost, duplicated } = countMail(senders.sent, pair().local.deliveries);
    expect({ lost, duplicated }).to.deep.equal({ lost: 0, duplicated: 0 });
  });
});

/** Resolves when the last message was turned away by both hosts. */
async function deferred({ sent }: Senders): Promise<void> {
  await eventually(
    () => Promise.resolve(sent.at(-1)!.deferrals),
    (deferrals) => deferrals >= 2,
  );
}
