import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bounced, compose, delayed, later, partOf, statusOf, textOf } from './dsns.ts';
import { day, entryOf, receivedAt, recipientOf } from './entries.ts';

describe('a DSN for programs', () => {
  it('reports a failure with all that is known', async () => {
    const dsn = await compose({
      entry: entryOf({ envid: 'QQ314159' }),
      recipients: [bounced({ orcpt: 'rfc822;alias@example.org' }), bounced({ address: 'two@example.net' })],
    });
    const [aboutMessage, first, second] = statusOf(dsn);
    expect(aboutMessage).to.deep.equal({
      'Reporting-MTA': 'dns; mx-out.example.com',
      'Original-Envelope-Id': 'QQ314159',
      'Arrival-Date': 'Mon, 23 Nov 2026 12:00:00 +0000',
    });
    expect(first).to.deep.equal({
      'Original-Recipient': 'rfc822; alias@example.org',
      'Final-Recipient': 'rfc822; user@example.net',
      Action: 'failed',
      Status: '5.1.1',
      'Remote-MTA': 'dns; mx.example.net',
      'Diagnostic-Code': 'smtp; 550 5.1.1 No such user',
      'Last-Attempt-Date': 'Mon, 23 Nov 2026 12:00:05 +0000',
    });
    expect(second).to.include({ 'Final-Recipient': 'rfc822; two@example.net' });
    expect(second).not.to.have.property('Original-Recipient');
  });

  it('reports a delay with the time we give up', async () => {
    const [, recipient] = statusOf(await compose({ kind: 'delayed', recipients: [delayed()] }));
    expect(recipient).to.include({
      Action: 'delayed',
      Status: '4.2.1',
      'Will-Retry-Until': 'Sat, 28 Nov 2026 12:00:00 +0000',
    });
  });

  it('names no end of a delay that lasts beyond expiry, as under a fault of this host', async () => {
    const dsn = await compose({ kind: 'delayed', recipients: [delayed()], now: receivedAt + 6 * day });
    expect(statusOf(dsn)[1]).not.to.have.property('Will-Retry-Until');
    expect(await textOf(dsn)).to.include('We go on trying, and tell you');
  });

  it('reports relaying', async () => {
    const last = {
      reply: { code: 250, enhanced: '', text: 'Taken' },
      host: 'mx.example.net',
      at: receivedAt,
    };
    const [, recipient] = statusOf(
      await compose({ kind: 'relayed', recipients: [recipientOf({ status: 'relayed', last })] }),
    );
    expect(recipient).to.include({
      Action: 'relayed',
      Status: '2.0.0',
      'Diagnostic-Code': 'smtp; 250 Taken',
    });
  });

  it('reports expiry as 4.4.7 beside the last reply', async () => {
    const last = { reply: later, host: 'mx.example.net', at: receivedAt + 5 * day };
    const [, recipient] = statusOf(await compose({ recipients: [bounced({ last })] }));
    expect(recipient).to.include({ Status: '4.4.7', 'Diagnostic-Code': 'smtp; 451 4.2.1 Mailbox busy' });
  });

  it('does not put words of ours in a remote mouth', async () => {
    const last = {
      reply: { code: 556, enhanced: '5.1.10', text: 'example.net takes no mail' },
      at: receivedAt,
    };
    const [, recipient] = statusOf(await compose({ recipients: [bounced({ last })] }));
    expect(recipient).to.include({ 'Diagnostic-Code': 'x-mailpair; 556 5.1.10 example.net takes no mail' });
    expect(recipient).not.to.have.property('Remote-MTA');
  });

  it('gives the class of the reply when the reply has no enhanced code', async () => {
    const last = { reply: { code: 550, enhanced: '', text: 'No' }, host: '2001:db8::1', at: receivedAt };
    const [, recipient] = statusOf(await compose({ recipients: [bounced({ last })] }));
    expect(recipient).to.include({ Status: '5.0.0', 'Remote-MTA': 'dns; [2001:db8::1]' });
  });

  it('escapes internationalised addresses, and gives domains as A-labels where that is enough', async () => {
    const dsn = await compose({
      recipients: [
        bounced({
          address: 'jürgen+x@bücher.example',
          orcpt: 'utf-8;j\\x{FC}rgen\\x{2B}x@b\\x{FC}cher.example',
        }),
        bounced({ address: 'post@bücher.example', orcpt: 'utf-8;jürgen@bücher.example' }),
      ],
    });
    const [, first, second] = statusOf(dsn);
    expect(first).to.include({
      'Original-Recipient': 'utf-8; j\\x{FC}rgen\\x{2B}x@b\\x{FC}cher.example',
      'Final-Recipient': 'utf-8; j\\x{FC}rgen\\x{2B}x@b\\x{FC}cher.example',
    });
    expect(second).to.include({
      'Original-Recipient': 'utf-8; j\\x{FC}rgen@b\\x{FC}cher.example',
      'Final-Recipient': 'rfc822; post@xn--bcher-kva.example',
    });
  });

  it('folds a long reply so that unfolding gives it back', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
    const last = { reply: { code: 550, enhanced: '5.7.1', text }, host: 'mx.example.net', at: receivedAt };
    const dsn = await compose({ recipients: [bounced({ last })] });
    expect(statusOf(dsn)[1]).to.include({ 'Diagnostic-Code': `smtp; 550 5.7.1 ${text}` });
    const lines = partOf(dsn, 'message/delivery-status').content.split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(78);
  });

  it('cuts a word that no line could hold', async () => {
    const last = {
      reply: { code: 550, enhanced: '5.7.1', text: 'q'.repeat(2500) },
      host: 'mx.example.net',
      at: receivedAt,
    };
    const { content } = partOf(await compose({ recipients: [bounced({ last })] }), 'message/delivery-status');
    expect(Math.max(...content.split('\r\n').map((line) => line.length))).to.be.at.most(998);
    expect(content.match(/q/g)).to.have.length(2500);
  });

  it('lets no reply, address or id start a field of its own, break a line or leave ASCII', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\r', '\n', '\0', '\u2028', 'ü', '\ud800', ':', '-', 'x'.repeat(400)),
    });
    await fc.assert(
      fc.asyncProperty(text, text, async (reply, envid) => {
        const evil = `${reply}\r\n\r\nAction: relayed\r\n`;
        const last = {
          reply: { code: 550, enhanced: '5.7.1', text: evil },
          host: `mx\r\n${envid}`,
          at: receivedAt,
        };
        const dsn = await compose({
          entry: entryOf({ envid }),
          recipients: [bounced({ last, address: `u\r\n${envid}@example.net`, orcpt: `rfc822;${evil}` })],
        });
        const { content } = partOf(dsn, 'message/delivery-status');
        expect(content).to.match(/^(?:[ -~]{1,998}\r\n|\r\n)+$/);
        const groups = statusOf(dsn);
        expect(groups).to.have.length(2);
        expect(groups[1]).to.include({ Action: 'failed' });
      }),
      { numRuns: 50 },
    );
  });
});
