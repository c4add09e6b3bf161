import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Content } from '@mailpair/shared/platform/values/content';
import { faultsOf, namesOf, programLines, read } from './content.ts';

const LINK = 'https://phish.test/x';
const program = ['--b', ...programLines('evil.exe'), '--b--'];

const holdsProgram = (content: Content): boolean =>
  content.facts.attachments.some(({ looksLike }) => looksLike === 'exe') &&
  namesOf(content).includes('evil.exe');

describe('a Content-Type that programs read differently', () => {
  for (const type of [
    'multipart',
    'multipart/',
    'multipart / mixed',
    'multipart /mixed',
    'multipart (a comment)/ mixed',
    '"multipart/mixed"',
    ', multipart/mixed',
    'multipart/mixed/foo',
    '=?utf-8?q?multipart/mixed?=',
    'foo',
    '\x01multipart/mixed',
    'multip\xe4rt/mixed',
    '',
    'text/plain/foo',
  ])
    it(`reads the parts of ${JSON.stringify(type)} when it has a boundary, and notes it`, () => {
      const content = read(`Content-Type: ${type}; boundary="b"`, '', ...program);
      expect(holdsProgram(content)).to.equal(true);
      expect(faultsOf(content)).to.include('odd-content-type');
    });

  for (const type of ['text/plain/foo', ';;', 'foo', 'text/\x01plain', 'text/pl\xe4in', '; text/html'])
    it(`reads ${JSON.stringify(type)} as text and as a file, and notes it`, () => {
      const content = read(`Content-Type: ${type}`, '', `See ${LINK}`);
      expect(content.urls).to.deep.equal([LINK]);
      expect(content.facts.attachments).to.have.length(1);
      expect(faultsOf(content)).to.deep.equal(['odd-content-type']);
    });

  it('reads HTML where a type may mean it', () => {
    for (const type of ['text/html/foo', 'text / html', 'text/ html', '"text/html"'])
      expect(
        read(`Content-Type: ${type}`, '', '<a href="&#104;ttps://phish.test/x">').urls,
        type,
      ).to.deep.equal([LINK]);
  });

  it('takes old mail as before', () => {
    for (const type of ['text', 'TEXT/PLAIN', 'text/plain charset=us-ascii', 'text/plain (plain text)'])
      expect(faultsOf(read(`Content-Type: ${type}`, '', 'x')), type).to.deep.equal([]);
  });

  it('reads by each of several fields', () => {
    const types = ['text/plain', 'image/png', 'multipart/mixed; boundary=b'];
    for (const given of [types, types.toReversed()]) {
      const content = read(...given.map((type) => `Content-Type: ${type}`), '', ...program);
      expect(holdsProgram(content)).to.equal(true);
      expect(faultsOf(content)).to.include('duplicate-content-type');
    }
  });

  it('reads by each boundary', () => {
    for (const given of [
      'boundary=a; boundary=b',
      'boundary=b; boundary=a',
      'boundary=b a',
      "boundary*0=b; boundary*2='",
    ])
      expect(holdsProgram(read(`Content-Type: multipart/mixed; ${given}`, '', ...program)), given).to.equal(
        true,
      );
  });

  it('reads by a boundary of any length, and past many blanks behind it', () => {
    const boundary = 'b'.repeat(300);
    const content = read(
      `Content-Type: multipart/mixed; boundary=${boundary}`,
      '',
      `--${boundary}${' '.repeat(500)}`,
      ...programLines('evil.exe'),
      `--${boundary}--`,
    );
    expect(holdsProgram(content)).to.equal(true);
    expect(faultsOf(content)).to.deep.equal([]);
  });

  it('reads what is shown of a multipart without parts', () => {
    for (const type of ['multipart/mixed', 'multipart/mixed; boundary=b'])
      expect(read(`Content-Type: ${type}`, '', `See ${LINK}`).urls, type).to.deep.equal([LINK]);
  });

  it('reads by parameters that have no semicolon in front', () => {
    for (const given of [
      'multipart/mixed boundary=b',
      'multipart/mixed, boundary=b',
      'multipart/mixed; x=y boundary=b',
    ])
      expect(holdsProgram(read(`Content-Type: ${given}`, '', ...program)), given).to.equal(true);
  });

  it('bounds how often parts are read', () => {
    const part = ['--b', 'Content-Type: a', 'Content-Type: b', '', 'x'];
    const content = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array<string[]>(400).fill(part).flat(),
      '--b--',
    );
    expect(content.facts.unread).to.deep.equal(['other readings of parts after 20']);
    expect(content.facts.attachments.at(-1)?.unopened).to.include('other readings');
  });
});

describe('a Content-Transfer-Encoding that programs read differently', () => {
  const text = Buffer.from(`See ${LINK}`);
  for (const encoding of [
    'base64;',
    'base64 (comment)',
    'BASE64',
    'base 64',
    'base-64',
    '"base64"',
    'x base64',
  ])
    it(`decodes ${encoding}`, () => {
      expect(read(`Content-Transfer-Encoding: ${encoding}`, '', text.toString('base64')).urls).to.deep.equal([
        LINK,
      ]);
    });

  it('reads both ways where programs differ, and notes it', () => {
    const lines = ['Content-Transfer-Encoding: base64 or not', '', LINK];
    const content = read(...lines);
    expect(content.urls).to.deep.equal([LINK]);
    expect(faultsOf(content)).to.include('unknown-encoding');
  });

  it('decodes by each of several fields', () => {
    const encodings = ['7bit', 'base64'].map((each) => `Content-Transfer-Encoding: ${each}`);
    for (const given of [encodings, encodings.toReversed()])
      for (const body of [LINK, text.toString('base64')])
        expect(read(...given, '', body).urls, body).to.deep.equal([LINK]);
  });

  it('reads a multipart that says it is encoded and is not', () => {
    const content = read(
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Transfer-Encoding: base64',
      '',
      ...program,
    );
    expect(holdsProgram(content)).to.equal(true);
    expect(faultsOf(content)).to.include('encoded-multipart');
  });

  const encoded = Buffer.from('MZ'.padEnd(80, 'x')).toString('base64').replaceAll('=', '');
  for (const [what, body] of [
    ['junk', encoded.replaceAll('X', '!X\xe9')],
    ['the alphabet of URLs as junk', encoded.replaceAll('x', '-_x')],
    ['padding within a group', `${encoded.slice(0, 1)}=${encoded.slice(1)}`],
    ['many pieces', `${'TVo=TVo='.slice(0, 4)}${encoded}`],
  ] as const)
    it(`decodes base64 with ${what}`, () => {
      const { facts } = read('Content-Type: a/b', 'Content-Transfer-Encoding: base64', '', body);
      expect(facts.attachments.map(({ looksLike }) => looksLike)).to.include('exe');
    });

  it('decodes all pieces of base64, however many', () => {
    const body = `${'YQ==\r\n'.repeat(1_500)}${Buffer.from(` ${LINK} `).toString('base64')}`;
    expect(read('Content-Transfer-Encoding: base64', '', body).urls).to.deep.equal([LINK]);
  });

  for (const body of [
    `https://phi=${' '.repeat(100)}\r\nsh.test/x`,
    'https:=2f=2Fphish.test/x=',
    'a=3G=zz https://phish.test/x',
  ])
    it(`decodes quoted-printable ${JSON.stringify(body).slice(0, 40)}`, () => {
      expect(read('Content-Transfer-Encoding: quoted-printable', '', body).urls).to.deep.equal([LINK]);
    });
});

describe('a line of a header section that is no field', () => {
  it('begins the body for some programs', () => {
    const content = read('Content-Type: multipart/mixed; boundary=b', ' ', ...program);
    expect(holdsProgram(content)).to.equal(true);
    expect(faultsOf(content)).to.include('odd-header-line');
    const part = [
      '--b',
      'Content-Transfer-Encoding: quoted-printable',
      '\xe4See https=3A//phish.test/x',
      'X: y',
      '--b--',
    ];
    expect(read('Content-Type: multipart/mixed; boundary=b', '', ...part).urls).to.deep.equal([LINK]);
  });

  it('is none where a mailbox begins a message with it', () => {
    const content = read('Content-Type: message/rfc822', '', 'From anna@sender.test', 'Subject: x', '', LINK);
    expect(content.text.trim()).to.equal(LINK);
  });
});
