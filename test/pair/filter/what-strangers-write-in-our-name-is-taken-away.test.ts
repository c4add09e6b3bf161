import { expect } from 'chai';
import { describe, it } from 'mocha';
import { digestOf, MARK } from '../../support/messages.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';

describe('what strangers write in our name is taken away', () => {
  const pair = useProxiedPair({
    config: {
      'marks.subject': '[SPAM]',
      'limits.memoryPerMessage': '64KB',
      'limits.memoryForMessages': '0B',
      'dmarc.fail': 2,
      'judge.quarantineAt': 900,
      'judge.rejectAt': 999,
    },
    zone: {
      'sender.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      '_dmarc.sender.test': { TXT: ['v=DMARC1; p=none'] },
    },
  });

  const forged =
    'Authentication-Results: mx-in.example.com;\r\n\tdmarc=pass header.from=bank.test\r\n' +
    'Authentication-Results: MX-OUT.example.com; spf=pass\r\n' +
    'Authentication-Results: (bank.test (nested)) mx-in.example.com; dmarc=pass\r\n' +
    `Authentication-Results: bank.test;${'\r\n\t(padding)'.repeat(2_000)} mx-in.example.com; dmarc=pass\r\n` +
    'X-Mailpair-Verdict: accept\r\nX-Mailpair-Score: -100\r\n';
  const foreign = 'Authentication-Results: mx.sender.test; dkim=pass\r\n';
  let count = 0;

  /** @returns the header section as the local server has it, up to the mark; the rest is as it was sent */
  async function passOn(address: string, fields: string, content = 'One line.\r\n'): Promise<string> {
    const id = `marks-${(count += 1)}`;
    const client = await pair().clientAt(address);
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    const marked = `${MARK}: ${id}\r\n\r\n${content}`;
    const message = `From: a@sender.test\r\nSubject: Hello\r\n${fields}${marked}`;
    expect(await client.data(Buffer.from(message, 'latin1'))).to.include({ code: 250 });
    await client.quit();
    const { local } = pair();
    await local.until((all) => all.some((each) => each.id === id));
    const { head, digest } = local.deliveries.find((each) => each.id === id)!;
    expect(digest).to.equal(digestOf(Buffer.from(marked)));
    return head;
  }

  it('and what was learnt is written, with the verdict', async () => {
    const head = await passOn('192.0.2.7', forged + foreign);
    expect(head).to.match(/^Received: /);
    expect(head).to.include(
      'Authentication-Results: mx-in.example.com;\r\n\tiprev=permerror policy.iprev=192.0.2.7;\r\n' +
        '\tspf=pass smtp.mailfrom=sender.test;\r\n\tdkim=none;\r\n' +
        '\tdmarc=pass policy.dmarc=none header.from=sender.test\r\n',
    );
    expect(head).to.match(/X-Mailpair-Verdict: accept\r\nX-Mailpair-Score: [\d.]+\r\n/);
    expect(head.endsWith(`\r\nFrom: a@sender.test\r\nSubject: Hello\r\n${foreign}`)).to.equal(true);
  });

  it('a message that is tagged says so in its subject', async () => {
    const received = await passOn('192.0.2.99', '');
    expect(received).to.include('X-Mailpair-Verdict: tag\r\n').and.to.include('\r\n\tdmarc.none=2');
    expect(received).to.include('\r\nSubject: [SPAM] Hello\r\n');
  });

  it('of a message that lies in a file too', async () => {
    const content = 'A long line of text, as there are many.\r\n'.repeat(10_000);
    const received = await passOn('192.0.2.7', forged + foreign, content);
    expect(received).to.not.include('bank.test').and.to.not.include('-100');
    expect(received.endsWith(foreign)).to.equal(true);
  });
});
