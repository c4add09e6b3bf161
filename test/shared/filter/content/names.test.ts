import { expect } from 'chai';
import { describe, it } from 'mocha';
import { faultsOf, namesOf, read } from './content.ts';

const disposition = (...parameters: readonly string[]): readonly string[] => [
  'Content-Type: application/octet-stream',
  `Content-Disposition: attachment; ${parameters.join('; ')}`,
];

describe('the names of an attachment', () => {
  for (const [what, lines] of [
    ['filename* beside filename', disposition("filename*=utf-8''a.txt", 'filename=evil.exe')],
    ['filename beside filename*', disposition('filename=a.txt', "filename*=utf-8''evil.exe")],
    ['filename twice', disposition('filename=a.txt', 'filename=evil.exe')],
    ['name beside filename', ['Content-Type: a/b; name=evil.exe', ...disposition('filename=a.txt').slice(1)]],
    ['name* beside name', ["Content-Type: a/b; name=a.txt; name*=utf-8''evil.exe"]],
    ['name in Content-Disposition', disposition('filename=a.txt', 'name=evil.exe')],
    ['two fields', [...disposition('filename=a.txt'), 'Content-Disposition: inline; filename=evil.exe']],
    ['a piece twice', disposition('filename*0=evil', 'filename*1=.txt', 'filename*1=.exe')],
  ] as const)
    it(`are all kept, and the difference noted: ${what}`, () => {
      const content = read(...lines, '', 'x');
      expect(namesOf(content)).to.include.members(['evil.exe']);
      expect(content.facts.attachments).to.have.length(1);
      expect(faultsOf(content)).to.include('two-names');
    });

  for (const [what, parameters] of [
    ['pieces out of order', ['filename*1=.exe', 'filename*0=evil']],
    ['pieces with one missing', ['filename*0=evil', 'filename*2=.exe']],
    ['pieces after one missing', ['filename*0=evil.exe', 'filename*2=.txt']],
    ['pieces that begin late', ['filename*1=evil', 'filename*2=.exe']],
    ['pieces with a zero in front', ['filename*00=evil', 'filename*01=.exe']],
    ['an encoded word in pieces', ['filename*0="=?utf-8?q?evil"', 'filename*1=".exe?="']],
    ['an encoded word', ['filename="=?utf-8?b?ZXZpbC5leGU=?="']],
    ['an encoded word without quotes', ['filename==?utf-8?q?evil=2Eexe?=']],
    ['blanks without quotes', ['filename=evil.exe and so on']],
    ['quotes that do not end', ['filename="evil.exe', 'x=y']],
    ['what stands behind quotes', ['filename="evil".exe']],
    ['other quotes', ["filename='evil.exe'"]],
    ['a backslash', [String.raw`filename="evil\.exe"`]],
    ['no semicolon', ['x=y filename=evil.exe']],
    ['a comment', ['(x) filename(y)=evil.exe(z)']],
    ['a comma', ['x=y, filename="evil.exe"']],
  ] as const)
    it(`are read in ${what}`, () => {
      expect(namesOf(read(...disposition(...parameters), '', 'x'))).to.include('evil.exe');
    });

  it('are read where no semicolon stands behind the disposition', () => {
    const content = read('Content-Type: a/b', 'Content-Disposition: attachment filename=evil.exe', '', 'x');
    expect(namesOf(content)).to.deep.equal(['evil.exe']);
  });

  it('keep their ends when they are long, and their beginnings', () => {
    const names = namesOf(
      read(...disposition(`filename="${'a'.repeat(251)}.exe${'b'.repeat(9)}.txt"`), '', 'x'),
    );
    expect(names.map((name) => name.slice(-4))).to.deep.equal(['.txt', '.exe']);
  });

  it('are no fault where programs get the same kind of file', () => {
    const content = read(
      ...disposition('filename="Gruesse.pdf"', "filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"),
      '',
      'x',
    );
    expect(faultsOf(content)).to.deep.equal([]);
    expect(content.facts.attachments[0]).to.deep.include({ name: 'Grüße.pdf', otherNames: ['Gruesse.pdf'] });
  });

  it('are bounded all together, and this is said', () => {
    const parts = Array.from({ length: 400 }, (_, i) => [
      '--b',
      `Content-Type: a/b; name=${i}${'a'.repeat(240)}`,
      `Content-Disposition: attachment; filename=${i}${'b'.repeat(240)}`,
      '',
      'x',
    ]);
    const { attachments } = read(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...parts.flat(),
      '--b--',
    ).facts;
    expect(attachments.at(-1)?.unopened).to.equal('not read: other names of attachments');
    expect(JSON.stringify(attachments).length).to.be.below(300_000);
  });
});
