import { expect } from 'chai';
import { describe, it } from 'mocha';
import { strangersShapes, composeMessage } from '../../support/messages.ts';
import { INBOUND, OUTBOUND } from '../../support/pair.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('mail from the internet reaches the local server', () => {
  const pair = usePair();

  for (const name of [INBOUND, OUTBOUND])
    for (const shape of strangersShapes)
      it(`${shape}, by ${name}, octet for octet under one Received field`, async () => {
        const { local, mxIn, mxOut } = pair();
        const who = shape === 'UTF-8 address' ? 'jörg' : 'anna';
        const message = composeMessage(shape, {
          from: `${who}@sender.test`,
          to: [`${who}@example.com`, 'bert@example.com'],
        });
        const { accepted } = await sendOnce(name === INBOUND ? mxIn : mxOut, message);
        expect([...accepted.keys()]).to.deep.equal(message.to);
        // In line: the local server has it before the client hears 250, and has it once for both.
        const arrived = local.deliveries.filter(({ id }) => id === message.id);
        expect(arrived).to.have.length(1);
        const [{ digest, head, from, to, client }] = arrived as [(typeof arrived)[0]];
        expect({ digest, from, to, client }).to.deep.equal({
          digest: message.digest,
          from: message.from,
          to: message.to,
          client: name,
        });
        expect(head.match(/^Received:/gm)).to.have.length(1);
        expect(head).to.include(`by ${name} `);
      });

  it('from the null reverse-path', async () => {
    const { local, mxIn } = pair();
    const message = composeMessage('plain', { from: '', to: ['anna@example.com'] });
    await sendOnce(mxIn, message);
    expect(local.deliveries.at(-1)).to.include({ id: message.id, from: '' });
  });

  it('for the postmaster without a domain', async () => {
    const { local, mxIn } = pair();
    const message = composeMessage('plain', { from: 'anna@sender.test', to: ['Postmaster'] });
    const { accepted } = await sendOnce(mxIn, message);
    expect([...accepted.keys()]).to.deep.equal(['Postmaster']);
    expect(local.deliveries.at(-1)?.id).to.equal(message.id);
  });
});
