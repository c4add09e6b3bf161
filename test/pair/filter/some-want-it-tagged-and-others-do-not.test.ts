import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import type { Delivery } from '../../support/local-server-session.ts';
import { addressList } from '../../support/list-zone.ts';
import { MARK } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

const [ANNA, BEN] = ['anna@example.com', 'ben@example.com'];

describe('some recipients want it tagged and others do not', () => {
  const pair = useProxiedPair({
    config: {
      'lists.deny': [{ zone: 'bl.test', score: 5 }],
      'clients.noName': 0,
      'clients.unknownName': 0,
      'marks.subject': '[SPAM]',
      'judge.policies': [{ for: [ANNA], tagAt: 'never' }],
    },
    zone: addressList('bl.test', { '192.0.2.7': ['127.0.0.2'] }),
  });
  afterEach(() => void (pair().local.manners = {}));

  async function send(...recipients: readonly string[]): Promise<Reply> {
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test>');
    for (const recipient of recipients)
      expect((await client.say(`RCPT TO:<${recipient}>`)).code, recipient).to.equal(250);
    const reply = await client.data(
      Buffer.from(`From: <a@sender.test>\r\nSubject: Offer\r\n${MARK}: 1\r\n\r\nx\r\n`),
    );
    client.destroy();
    return reply;
  }
  const said = ({ head }: Delivery): object => ({
    subject: /^Subject: (.*)\r$/m.exec(head)?.[1],
    verdict: /^X-Mailpair-Verdict: (.*)\r$/m.exec(head)?.[1],
  });
  const forEach = (deliveries: readonly Delivery[]): Record<string, object> =>
    Object.fromEntries(deliveries.flatMap((each) => each.to.map((to) => [to, said(each)])));
  const wanted = {
    [ANNA]: { subject: 'Offer', verdict: 'accept' },
    [BEN]: { subject: '[SPAM] Offer', verdict: 'tag' },
  };

  it('and each gets what it wants, with one reply', async () => {
    expect(await send(ANNA, BEN)).to.include({ code: 250 });
    const { deliveries } = pair().local;
    expect(deliveries).to.have.length(2);
    expect(forEach(deliveries)).to.deep.equal(wanted);
  });

  it('in one transaction where all want the same', async () => {
    const before = pair().local.deliveries.length;
    expect(await send(BEN, 'carl@example.com')).to.include({ code: 250 });
    expect(pair().local.deliveries).to.have.length(before + 1);
  });

  it('what the local server does not take for what is in it is refused for all, and nobody is bounced', async () => {
    const { local, internet } = pair();
    const before = local.deliveries.length;
    let offered = 0;
    local.manners = { message: () => ((offered += 1), '554 5.6.0 Not this') };
    expect(await send(ANNA, BEN)).to.include({ code: 554 });
    expect(offered).to.equal(1);
    expect(local.deliveries).to.have.length(before);
    expect(internet.deliveries).to.have.length(0);
  });

  it('also what waited while the local server took none', async () => {
    const { local } = pair();
    const before = local.deliveries.length;
    let offered = 0;
    local.manners = { message: () => ((offered += 1), '451 4.3.0 Not now') };
    expect(await send(ANNA, BEN)).to.include({ code: 250 });
    expect(offered).to.equal(1);
    local.manners = {};
    await local.until((deliveries) => deliveries.length === before + 2);
    expect(forEach(local.deliveries.slice(before))).to.deep.equal(wanted);
  });
});
