import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { INBOUND, OUTBOUND } from '../../support/pair.ts';
import { mxTargets, openSenders } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('the backup MX delivers straight to the local server', () => {
  const pair = usePair({ start: ['outbound'] });

  it('without inbound, and without looking up the MX of the hosted domain', async () => {
    const { local, dns, mxIn, mxOut } = pair();
    const ports = { [INBOUND]: mxIn.port, [OUTBOUND]: mxOut.port };
    const targets = await mxTargets(dns.address, 'example.com', ports);
    expect(targets.map(({ name }) => name)).to.deep.equal([INBOUND, OUTBOUND]);
    const lookUps = dns.count('example.com');

    const message = composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
    const sender = openSenders({ targets: () => targets });
    sender.send(message);
    await sender.idle();
    sender.close();
    expect(sender.sent[0]!.accepted.get('anna@example.com')).to.equal(OUTBOUND);
    expect(local.deliveries.map(({ id, client }) => ({ id, client }))).to.deep.equal([
      { id: message.id, client: OUTBOUND },
    ]);
    expect(local.deliveries[0]!.head.match(/^Received:/gm)).to.have.length(1);
    expect(dns.count('example.com')).to.equal(lookUps);
  });
});
