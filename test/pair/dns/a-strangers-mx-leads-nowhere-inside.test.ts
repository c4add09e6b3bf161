import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

/** An address of this machine at which nobody listens. */
const unused = `127.${20 + Math.floor(Math.random() * 200)}.${Math.floor(Math.random() * 250)}.9`;

describe("a stranger's MX", () => {
  const pair = usePair({
    start: ['outbound'],
    config: { routes: {} },
    zone: {
      'loopback.test': { MX: [[10, 'mx.loopback.test']] },
      'mx.loopback.test': { A: ['127.0.0.1'], AAAA: ['::1'] },
      'unused.test': { A: [unused] },
      'no-mx.test': { A: ['127.0.0.1'] },
      'by-name.test': { MX: [[10, 'localhost']] },
      'by-number.test': { MX: [[10, '2130706433']] },
      'private.test': { MX: [[10, 'mx.private.test']] },
      'mx.private.test': { A: ['10.255.255.254'] },
      'mapped.test': { MX: [[10, 'mx.mapped.test']] },
      'mx.mapped.test': { AAAA: ['::ffff:127.0.0.1', '64:ff9b::7f00:1'] },
    },
  });

  const send = async (domain: string): Promise<string> => {
    const message = composeMessage('plain', { from: 'anna@example.com', to: [`bert@${domain}`] });
    await sendOnce(pair().submission, message);
    return message.id;
  };

  for (const domain of [
    ...['loopback.test', 'no-mx.test', 'by-name.test', 'by-number.test', 'mapped.test'],
    ...['[127.0.0.1]', '[IPv6:::1]', '[169.254.169.254]', '[IPv6:::ffff:127.0.0.1]'],
  ])
    it(`leads nobody to this host: ${domain} is bounced`, async () => {
      const { local } = pair();
      const id = await send(domain);
      await local.until((all) => all.some((delivery) => delivery.isNotice && delivery.id === id));
      const { head } = local.deliveries.find((delivery) => delivery.id === id)!;
      expect(head).to.include('Status: 5.4.4');
      expect(head.replaceAll(/\r\n\s+/g, ' ')).to.match(
        /has no address in (?:the internet|DNS)|is no name of the internet/,
      );
    });

  it('leads nobody into this site: the message waits, and the reply names the key', async () => {
    await send('private.test');
    const line = await pair().outbound.until(
      ({ event, route }) => event === 'recipient.deferred' && route === 'private.test',
    );
    expect(line).to.have.nested.property('reply.enhanced', '4.4.4');
    expect(JSON.stringify(line)).to.include('send.privateDestinations');
  });

  it('may do so where the operator lists the network, from SIGHUP on', async () => {
    const { outbound, configure } = pair();
    configure({ 'send.privateDestinations': ['127.0.0.0/8'] });
    outbound.signal('SIGHUP');
    await outbound.until(({ event }) => event === 'gateway.reloaded');
    await send('unused.test');
    await outbound.until(
      ({ event, route, reply }) =>
        event === 'recipient.deferred' &&
        route === 'unused.test' &&
        JSON.stringify(reply).includes(`[${unused}] port 25 cannot be reached`),
    );
  });
});
