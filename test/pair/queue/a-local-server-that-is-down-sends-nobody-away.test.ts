/** Both gateways deliver to the same local server. While it is down for both, neither has anything to gain from its partner. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { knock, untilAllHear, untilDoor } from '../../support/crowd.ts';
import { eventually, untilBothAlive, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const INBOUND_ADDRESS = '127.0.0.21';
const message = () => composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });

describe('a local server that is down', () => {
  const pair = usePair({
    config: {
      ...useSecret().config,
      'load.shed': true,
      'inbound.sourceAddresses': [INBOUND_ADDRESS],
      'judge.mode': 'off',
    },
  });
  let strangers = 0;

  before(() => untilBothAlive(pair()));

  const stranger = (): Target => ({ ...pair().mxIn, localAddress: `127.0.8.${(strangers += 1)}` });
  const statusOfServer = async (): Promise<string> => {
    const { localServers } = (await pair().get('inbound', '/api/status')) as {
      localServers: { status: string }[];
    };
    return localServers[0]!.status;
  };
  /** Call-forwards find it down. Nothing is queued, so inbound has no attempts of its own to make. */
  const untilItIsDown = async (): Promise<void> => {
    const client = await SmtpClient.connect(stranger());
    for (const line of ['EHLO x', 'MAIL FROM:<bert@sender.test>']) await client.say(line);
    await eventually(
      async () => {
        await client.say(`RCPT TO:<unknown-${randomUUID()}@example.com>`);
        return statusOfServer();
      },
      (status) => status === 'down',
    );
    client.destroy();
  };

  it('sends no stranger to a partner that does not reach it either', async () => {
    await sendOnce(pair().mxIn, message());
    await sendOnce(pair().mxOut, message());
    await pair().local.stop();
    await untilItIsDown();
    await eventually(
      () => pair().get('inbound', '/healthz/details') as Promise<{ load: { value: number } }>,
      ({ load }) => load.value > 0.85,
    );
    for (let count = 0; count < 20; count += 1) {
      const { said, client } = await knock(stranger());
      expect(said).to.equal('220');
      await client!.quit();
    }
    await pair().local.start();
    await sendOnce(pair().mxIn, message());
    await eventually(statusOfServer, (status) => status === 'up');
  });

  it('sends strangers to a partner that it answers', async () => {
    pair().local.manners.greeting = (address) =>
      address === INBOUND_ADDRESS ? '421 4.3.2 Not for you' : undefined;
    await pair().local.stop();
    await pair().local.start();
    await untilItIsDown();
    await eventually(
      async () => {
        await sendOnce(pair().mxOut, message());
        return (await knock(stranger())).said;
      },
      (said) => /^421 4\.3\.2 .*other MX host/.test(said),
    );
  });

  it('is tried again by the gateway itself, for all strangers are sent away', async () => {
    pair().local.manners = {};
    await eventually(
      async () => {
        await sendOnce(pair().mxOut, message());
        return statusOfServer();
      },
      (status) => status === 'up',
    );
    await untilDoor(pair(), 'inbound', 'open');
    await untilAllHear(stranger, /^220$/);
  });
});
