import { expect } from 'chai';
import { describe, it } from 'mocha';
import { attachmentRule, classesOf, faultOfRule } from '@mailpair/shared/platform/values/attachment-rules';
import type { AttachmentFacts } from '@mailpair/shared/platform/values/content';

const file = (name: string, looksLike = '', more: Partial<AttachmentFacts> = {}): AttachmentFacts => ({
  name,
  declaredType: 'application/pdf',
  looksLike,
  sizeBytes: 1,
  depth: 0,
  ...more,
});

describe('what an attachment is found to be', () => {
  for (const [what, facts, classes] of [
    ['a document', file('a.pdf', 'pdf'), []],
    ['a program', file('setup.exe', 'exe'), ['executable']],
    ['a program by name alone', file('x.zip/run.VBS'), ['executable']],
    ['a program under another name', file('invoice.pdf', 'exe'), ['executable', 'disguised']],
    ['a program without a name', file('', 'exe'), ['executable']],
    ['two endings', file('invoice.pdf.exe', 'exe'), ['executable', 'double-extension']],
    ['two endings, far apart', file(`invoice.pdf${' '.repeat(90)}.scr`), ['executable', 'double-extension']],
    ['a dot behind, which Windows takes off', file('a.exe. .'), ['executable']],
    ['letters of full width', file('a．ｅｘｅ'), ['executable']],
    ['what nobody sees within', file('a.e\u200bxe'), ['executable']],
    ['other characters of no width', file('a.e\u00adx\ufe0fe\u{e0020}'), ['executable']],
    ['slashes behind', file('a.exe/ \\'), ['executable']],
    ['a folder in front', file('docs\\a.exe'), ['executable']],
    ['NUL, at which some programs end a name', file('a.exe\0.txt'), ['executable']],
    ['NUL in another form', file('a.exe%00.txt'), ['executable']],
    ['a name in another form', file('a%2Eexe'), ['executable']],
    ['the stream of a file on Windows', file('a.exe::$DATA'), ['executable']],
    ['characters that Windows drops', file('a.ex"e?'), ['executable']],
    ['another name', file('a.txt', '', { otherNames: ['b.txt', 'a.exe .'] }), ['executable']],
    [
      'two endings in another name',
      file('a', '', { otherNames: ['a.pdf.exe'] }),
      ['executable', 'double-extension'],
    ],
    ['another name written backwards', file('a', '', { otherNames: ['a\u202efdp'] }), ['right-to-left']],
    ['per cent in a name', file('100% sure.pdf'), []],
    ['a name written backwards', file('invoice\u202efdp.exe'), ['executable', 'right-to-left']],
    [
      'found within',
      file('a', '', { encrypted: true, macros: true, bomb: true, unopened: 'x' }),
      ['encrypted', 'macros', 'bomb', 'unopened'],
    ],
  ] as const)
    it(`${what}: ${classes.join(', ') || 'nothing'}`, () => {
      expect(classesOf(facts)).to.deep.equal(classes);
    });
});

describe('a rule of attachments', () => {
  for (const [rule, facts, fits] of [
    ['*.pdf', file('dir/A.PDF'), true],
    ['*.pdf', file('a.pdf.txt'), false],
    ['invoice*.p*f', file('invoice 7.pdf'), true],
    ['a*a', file('a'), false],
    ['*a*b*', file('xaxb'), true],
    ['*a*b*', file('xbxa'), false],
    ['winmail.dat', file('WINMAIL.DAT'), true],
    ['*.exe', file('a.txt', '', { otherNames: ['a.exe'] }), true],
    ['*.exe', file('a.txt', '', { otherNames: ['a.doc'] }), false],
    ['application/*', file('x'), true],
    ['application/pdf', file('x'), true],
    ['image/*', file('x'), false],
    ['is:EXE', file('x', 'exe'), true],
    ['is:executable', file('x.exe'), true],
    ['is:encrypted', file('x.exe'), false],
  ] as const)
    it(`${rule} ${fits ? 'fits' : 'does not fit'} ${facts.name}`, () => {
      expect(attachmentRule(rule)(facts)).to.equal(fits);
    });

  it('takes no time to speak of, whatever it is and the name', () => {
    const rule = attachmentRule(`${'*a'.repeat(60)}*b`);
    expect(rule(file('a'.repeat(255)))).to.equal(false);
  });

  it('is told what is wrong with it', () => {
    expect(faultOfRule('*.exe')).to.equal(undefined);
    expect(faultOfRule('is:bomb')).to.equal(undefined);
    expect(faultOfRule('is:bmob')).to.include('known: executable');
    expect(faultOfRule('exe')).to.include('neither a dot');
    expect(faultOfRule('')).to.equal('is no pattern');
  });
});
