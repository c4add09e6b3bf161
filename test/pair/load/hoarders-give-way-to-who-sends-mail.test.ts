import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';
import { knock } from '../../support/crowd.ts';

const CONNECTIONS = 38;
const HOARDERS = 19;

describe('when a few clients hold all sessions of a gateway', () => {
  const pair = usePair({ start: ['inbound'], config: { 'limits.connections': CONNECTIONS } });

  it('a stranger is let in within seconds, and its message is taken', async () => {
    const { inbound, local, mxIn } = pair();
    const held: SmtpClient[] = [];
    for (let i = 0; i < 2 * HOARDERS; i += 1) {
      const { client } = await knock({ ...mxIn, localAddress: `127.0.1.${1 + (i % HOARDERS)}` });
      if (!client) break;
      held.push(client);
      await client.say('EHLO hoarder.example');
    }
    expect(held.length).to.be.at.least(0.9 * CONNECTIONS);
    await inbound.until(({ event, reply }) => event === 'session.refused' && isIdle(reply));

    const message = composeMessage('plain', { from: 'anna@example.net', to: ['bert@example.com'] });
    const sent = await sendOnce({ ...mxIn, localAddress: '127.0.2.1' }, message);
    expect([...sent.accepted.keys()]).to.deep.equal(['bert@example.com']);
    await local.until((all) => all.some(({ id }) => id === message.id));
    for (const client of held) client.destroy();
  });
});

const isIdle = (reply: unknown): boolean => (reply as { readonly enhanced: string }).enhanced === '4.4.2';
