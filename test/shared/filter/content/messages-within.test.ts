import { expect } from 'chai';
import { describe, it } from 'mocha';
import { faultsOf, namesOf, program, programLines, read } from './content.ts';

const LINK = 'https://phish.test/x';
const inner = ['Subject: inner', ...programLines('inner.exe')];
const parts = (...lines: readonly string[]): string[] => [
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  ...lines,
  '--b--',
];

describe('a message within a message', () => {
  for (const type of ['message/rfc822', 'message/global', 'message/news'])
    for (const encoding of ['7bit', 'base64', 'quoted-printable']) {
      const encoded = (text: string): string =>
        encoding === 'base64' ? Buffer.from(text).toString('base64') : text;

      it(`counts as a file by its name: ${type} in ${encoding}`, () => {
        const content = read(
          ...parts(
            `Content-Type: ${type}`,
            'Content-Disposition: attachment; filename=evil.exe',
            `Content-Transfer-Encoding: ${encoding}`,
            '',
            encoded(program),
          ),
        );
        expect(content.facts.attachments).to.have.length(1);
        expect(content.facts.attachments[0]).to.include({
          name: 'evil.exe',
          declaredType: type,
          looksLike: 'exe',
          sizeBytes: 80,
        });
      });

      it(`is read as a message, and counts as a file when it has a name: ${type} in ${encoding}`, () => {
        const content = read(
          ...parts(
            `Content-Type: ${type}; name=forwarded.eml`,
            `Content-Transfer-Encoding: ${encoding}`,
            '',
            encoded(inner.join('\r\n')),
          ),
        );
        expect(namesOf(content).sort()).to.deep.equal(['forwarded.eml', 'inner.exe']);
      });
    }

  it('counts as a file when it is none', () => {
    const content = read(...parts('Content-Type: message/rfc822', '', program));
    expect(content.facts.attachments.map(({ looksLike }) => looksLike)).to.deep.equal(['exe']);
    expect(read(...parts('Content-Type: message/rfc822', '', `See ${LINK}`)).urls).to.deep.equal([LINK]);
  });

  it('counts as none when it is an ordinary one', () => {
    const content = read(...parts('Content-Type: message/rfc822', '', 'Subject: x', '', `See ${LINK}`));
    expect(content.facts.attachments).to.deep.equal([]);
    expect(content.urls).to.deep.equal([LINK]);
  });

  it('is read though it says that it is encoded', () => {
    const content = read(
      ...parts('Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', ...inner),
    );
    expect(namesOf(content)).to.include('inner.exe');
  });

  for (const name of ['a.eml', 'A.EML', 'a.mht'])
    it(`is read in a file named ${name}`, () => {
      const encoded = Buffer.from(inner.join('\r\n')).toString('base64');
      for (const type of ['application/octet-stream', 'text/plain']) {
        const content = read(
          ...parts(`Content-Type: ${type}; name="${name}"`, 'Content-Transfer-Encoding: base64', '', encoded),
        );
        expect(namesOf(content), type).to.deep.equal([name, 'inner.exe']);
      }
    });

  it('has its bounds also where files hold messages', () => {
    let lines: readonly string[] = ['Subject: x', '', 'x'];
    for (let depth = 0; depth < 30; depth += 1)
      lines = ['Content-Type: application/octet-stream; name=a.eml', '', ...lines];
    expect(faultsOf(read(...lines))).to.include('nested-too-deep');
  });
});

describe('types that programs show as text', () => {
  for (const type of [
    'message/delivery-status',
    'message/disposition-notification',
    'message/feedback-report',
    'message/unheard-of',
    'unheard-of/x',
    'text/unheard-of',
  ])
    it(`reads ${type}`, () => {
      const content = read(...parts(`Content-Type: ${type}`, '', `Diagnostic: ${LINK}`));
      expect(content.urls).to.deep.equal([LINK]);
      expect(content.text).to.include('Diagnostic');
    });

  it('takes octets of such a type for a file alone', () => {
    const content = read(...parts('Content-Type: unheard-of/x', '', '\0\x01binary'));
    expect(content.text).to.equal('');
    expect(content.facts.attachments).to.have.length(1);
  });

  it('says that the rest of message/partial is not read', () => {
    const content = read(
      ...parts('Content-Type: message/partial; id=a; number=1; total=2', '', 'Subject: x', '', LINK),
    );
    expect(content.urls).to.deep.equal([LINK]);
    expect(content.facts.attachments.map(({ unopened }) => unopened)).to.include(
      'not read: parts of message/partial in other messages',
    );
  });

  it('finds the link of an external body', () => {
    const type = `message/external-body; access-type=URL; url="${LINK}"`;
    expect(read(...parts(`Content-Type: ${type}`, '', '')).urls).to.deep.equal([LINK]);
  });

  it('finds links in every type of HTML', () => {
    for (const type of ['text/x-amp-html', 'application/xhtml+xml', 'image/svg+xml'])
      expect(
        read(...parts(`Content-Type: ${type}`, '', '<a href="&#104;ttps://phish.test/x">x</a>')).urls,
        type,
      ).to.deep.equal([LINK]);
  });

  it('finds links in what opens as HTML by its name', () => {
    for (const type of ['application/octet-stream', 'text/plain'])
      expect(
        read(...parts(`Content-Type: ${type}; name=a.htm`, '', '<p><a href="&#104;ttps://phish.test/x">'))
          .urls,
        type,
      ).to.include(LINK);
  });
});
