import { expect } from 'chai';
import { describe, it } from 'mocha';
import { packed, program, zipOf } from '../../support/archives.ts';
import { useProxiedPair } from '../../support/proxied-pair.ts';
import type { Reply } from '../../support/smtp-client.ts';

describe('attachments are looked into and judged', () => {
  const pair = useProxiedPair({
    config: {
      'attachments.refuse': ['is:executable', '*.iso', 'video/*'],
      'attachments.unopened': 'reject',
      'content.refuse': ['duplicate-from'],
    },
  });

  async function send(lines: readonly string[], to = 'anna@example.com'): Promise<Reply> {
    const client = await pair().clientAt('192.0.2.7');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say(`RCPT TO:<${to}>`);
    await client.say('DATA');
    const head = ['From: a@sender.test', 'Date: Wed, 25 Nov 2026 10:00:00 +0000'];
    const reply = await client.say([...head, ...lines, '.'].join('\r\n'));
    await client.quit();
    return reply;
  }
  const attached = (name: string, content: Buffer, type = 'application/octet-stream'): string[] => [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    `Content-Type: ${type}; name="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    ...(content.toString('base64').match(/.{1,76}/g) ?? []),
    '--b--',
  ];

  it('by name, by type, by first octets and within archives', async () => {
    for (const [name, content, type] of [
      ['a.iso', Buffer.from('x')],
      ['a', Buffer.from('x'), 'video/mp4'],
      ['a.txt', Buffer.from(program)],
      ['a.zip', zipOf([{ name: 'b.zip', content: zipOf([{ name: 'c.scr', content: 'x' }]) }])],
      ['a.7z', packed.plain],
    ] as const) {
      const reply = await send(attached(name, content, type));
      expect(reply, name).to.include({ code: 550 });
      expect(reply.text, name).to.include('is not taken here');
    }
    const reply = await send(attached('a.zip', zipOf([{ name: 'ünvoice.exe', content: 'x' }])));
    expect(reply.text).to.equal('5.7.1 Attachment a.zip/?nvoice.exe is not taken here (is:executable)');
  });

  it('and refused where they cannot be opened, as asked for', async () => {
    const reply = await send(attached('a.rar', Buffer.from('Rar!\x1a\x07\x01\x00 damaged', 'latin1')));
    expect(reply).to.include({ code: 550 });
    expect(reply.text).to.include('Attachment a.rar cannot be opened');
  });

  it('a message with two From is refused, for so it was asked', async () => {
    const reply = await send(['From: b@other.test', '', 'x']);
    expect(reply).to.deep.equal({ code: 554, text: '5.6.0 The message is malformed: duplicate from' });
  });

  it('while others are taken, and so is mail for postmaster', async () => {
    expect(await send(attached('a.pdf', Buffer.from('%PDF-1.4')))).to.include({ code: 250 });
    expect(await send(attached('a.docx', zipOf([{ name: '[Content_Types].xml' }])))).to.include({
      code: 250,
    });
    expect(await send(attached('a.exe', Buffer.from(program)), 'postmaster@example.com')).to.include({
      code: 250,
    });
  });
});
