import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bounds } from '@mailpair/shared/filter/content/bounds';
import { faultsOf, read } from './content.ts';

const part = (...lines: readonly string[]): string[] => ['--b', ...lines];

describe('reading a message', () => {
  it('gives fields, what a mail program shows, text and URLs', () => {
    const content = read(
      'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?/A==?=',
      'Message-ID: <1@sender.test>',
      '',
      'Look at https://shop.test/a?b=1, it is new.',
    );
    expect(content.fields.map(([name]) => name)).to.deep.equal(['from', 'date', 'subject', 'message-id']);
    expect(content.facts).to.deep.equal({
      faults: [],
      from: [{ name: 'Anna', address: 'anna@sender.test' }],
      subject: 'Grüßeü',
      messageId: '<1@sender.test>',
      attachments: [],
      unread: [],
    });
    expect(content.text).to.equal('Look at https://shop.test/a?b=1, it is new.\r\n');
    expect(content.urls).to.deep.equal(['https://shop.test/a?b=1']);
  });

  it('reads text of every part, by its charset and encoding, and lists the others', () => {
    const { text, urls, facts } = read(
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      'This is before the first part.',
      ...part('Content-Type: multipart/alternative; boundary=inner', ''),
      '--inner',
      'Content-Type: text/plain; charset=koi8-r',
      'Content-Transfer-Encoding: base64',
      '',
      '8NLJ18XU',
      '--inner',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<p>Gr=C3=BC=C3=9Fe, <a href=3D"https://sho=',
      'p.test/x">here</a></p>',
      '--inner--',
      ...part(
        'Content-Type: application/pdf; name="=?utf-8?q?Rechnung=C3=BC.pdf?="',
        "Content-Disposition: attachment; filename*0*=utf-8''Rechnung%C3%BC; filename*1=.pdf",
        'Content-Transfer-Encoding: base64',
        '',
        'JVBERi0xLjQK',
      ),
      '--b--',
    );
    expect(text).to.equal('Привет\nGrüße, here');
    expect(urls).to.deep.equal(['https://shop.test/x']);
    expect(facts.attachments).to.deep.equal([
      {
        name: 'Rechnungü.pdf',
        declaredType: 'application/pdf',
        looksLike: 'pdf',
        sizeBytes: 9,
        depth: 0,
      },
    ]);
    expect(facts.faults).to.deep.equal([]);
  });

  it('reads a message within a message, encoded as a whole too', () => {
    const inner = ['Subject: inner', 'Content-Type: application/x-dosexec; name=a.exe', '', 'MZ'].join(
      '\r\n',
    );
    for (const [encoding, body] of [
      ['7bit', inner],
      ['base64', Buffer.from(inner).toString('base64')],
    ] as const) {
      const { facts } = read(
        'Content-Type: message/rfc822',
        `Content-Transfer-Encoding: ${encoding}`,
        '',
        body,
      );
      expect(facts.attachments, encoding).to.have.length(1);
      expect(facts.attachments[0]).to.include({ name: 'a.exe', declaredType: 'application/x-dosexec' });
    }
  });

  it('reads parts that only some programs would show, and says so', () => {
    const hidden = ['Content-Disposition: attachment; filename=a.exe', '', 'MZ'];
    const after = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
      '--b',
      ...hidden,
    );
    expect(after.facts.attachments.map(({ name }) => name)).to.deep.equal(['a.exe']);
    expect(faultsOf(after)).to.deep.equal(['parts-after-end']);
    const encoded = read(
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(['--b', ...hidden, '--b--', ''].join('\r\n')).toString('base64'),
    );
    expect(encoded.facts.attachments.map(({ name }) => name)).to.deep.equal(['a.exe']);
    expect(faultsOf(encoded)).to.deep.equal(['encoded-multipart']);
    const open = read('Content-Type: multipart/mixed; boundary=b', '', '--b', ...hidden);
    expect(open.facts.attachments.map(({ name }) => name)).to.deep.equal(['a.exe']);
    expect(faultsOf(open)).to.deep.equal(['unclosed-multipart']);
  });

  it("ends a part at its parent's delimiter, and a header section at any", () => {
    const { facts, text } = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: multipart/mixed; boundary=inner',
      '',
      '--inner',
      'Content-Type: text/plain',
      '--b',
      '',
      'shown',
      '--b--',
    );
    expect(text).to.equal('shown');
    expect(faultsOf({ facts } as never)).to.deep.equal(['unclosed-multipart']);
  });

  it('finds URLs in an HTML attachment, but takes its text for none of the message', () => {
    const { text, urls } = read(
      'Content-Type: text/html',
      'Content-Disposition: attachment; filename=invoice.html',
      '',
      '<form action="https://phish.test/login">Password</form>',
    );
    expect(urls).to.deep.equal(['https://phish.test/login']);
    expect(text).to.equal('');
  });

  for (const [fault, lines] of [
    ['duplicate-from', ['From: b@sender.test']],
    ['duplicate-field', ['Subject: a', 'Subject: b']],
    ['duplicate-content-type', ['Content-Type: text/plain', 'Content-Type: text/html']],
    ['two-boundaries', ['Content-Type: multipart/mixed; boundary=a; boundary=b', '', '--a', '', '--a--']],
    ['no-boundary', ['Content-Type: multipart/mixed']],
    ['odd-header-line', ['this is no field']],
    ['controls-in-field', ['Subject: =?utf-8?q?a=0D=0ABcc:_b?=']],
    ['unknown-encoding', ['Content-Transfer-Encoding: rot13']],
    ['unknown-charset', ['Content-Type: text/plain; charset=klingon', '', '\xe9']],
    ['nul', ['Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', 'YQBi']],
    ['base64-goes-on', ['Content-Type: a/b', 'Content-Transfer-Encoding: base64', '', 'YQ==', 'YQ==']],
    ['two-names', ['Content-Type: a/b; name=a.txt', 'Content-Disposition: attachment; filename=a.exe']],
    [
      'boundary-reused',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b--',
        '--b--',
      ],
    ],
    [
      'ambiguous-boundary',
      ['Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x', '--bc', '--b--'],
    ],
    ['partial-message', ['Content-Type: message/partial; id=a; number=1; total=2']],
  ] as const)
    it(`notes ${fault}`, () => {
      expect(faultsOf(read(...lines))).to.include(fault);
    });

  it('notes what is wrong with From and Date', async () => {
    const { readContent } = await import('@mailpair/shared/filter/content/read-content');
    const of = (text: string): string[] => faultsOf(readContent(Buffer.from(text)));
    expect(of('Subject: x\r\n\r\n')).to.deep.equal(['no-date', 'no-from']);
    expect(of('Date: x\r\nFrom: nobody\r\n\r\n')).to.deep.equal(['from-without-address']);
    expect(of('Date: x\r\nFrom: a@a.test, b@b.test\r\n\r\n')).to.deep.equal(['several-authors']);
    expect(of('Date: x\r\nSender: a@a.test\r\nFrom: a@a.test, b@b.test\r\n\r\n')).to.deep.equal([]);
    expect(of('Date: x\r\nFrom: "Anna, of <b@b.test>" <a@a.test>\r\n\r\n')).to.deep.equal([]);
  });

  it('reads the links of a long text wherever it is cut into pieces', () => {
    const link = ' <a href="http://a.example/path">http://a.example/path</a> ';
    for (const type of ['text/plain', 'text/html'])
      for (const { pieces, step } of [
        { pieces: 1, step: 1 },
        { pieces: 2, step: 7 },
      ]) {
        const end = pieces * bounds.textPieceBytes;
        const body = Buffer.alloc(end + 1024, 'Good morning.\r\n');
        for (let cut = 0; cut < link.length; cut += step) {
          const whole = Buffer.from(body);
          whole.write(link, end - cut);
          const { urls } = read(`Content-Type: ${type}`, '', whole.toString('latin1'));
          expect(urls, `${type}, cut at ${cut} after ${pieces}`).to.include('http://a.example/path');
        }
      }
  });

  it('says what it did not read', () => {
    const nested = Array.from({ length: 40 }, (_, i) => [
      `Content-Type: multipart/mixed; boundary=b${i}-`,
      '',
      `--b${i}-`,
    ]).flat();
    const deep = read(...nested);
    expect(faultsOf(deep)).to.include('nested-too-deep');
    expect(deep.facts.unread).to.deep.equal(['parts nested deeper than 20']);
    const many = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array<string[]>(600).fill(part('')).flat(),
    );
    expect(faultsOf(many)).to.deep.equal(['too-many-parts']);
    expect(many.facts.unread).to.deep.equal(['parts after 500']);
    for (const [{ facts }, what] of [
      [deep, 'parts nested deeper than 20'],
      [many, 'parts after 500'],
    ] as const)
      expect(facts.attachments.map(({ unopened }) => unopened)).to.deep.equal([`not read: ${what}`]);
    const fields = read(...Array<string>(2_000).fill('X: y'));
    expect(fields.fields).to.have.length(1_000);
    expect(faultsOf(fields)).to.deep.equal(['too-many-fields']);
    const long = read('', 'x'.repeat(300 * 1024));
    expect(long.text).to.have.length(256 * 1024);
    expect(long.facts.unread).to.deep.equal(['text beyond 256 KB']);
  });
});
