import { exampleOf, identityOf } from '@mailpair/shared/filter/bayes/example';
import { MAX_TOKENS } from '@mailpair/shared/filter/bayes/token-set';
import { tokensOf } from '@mailpair/shared/filter/bayes/tokens';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { contentWith, type Made } from './contents.ts';

const tokens = (made: Made): Set<string> => {
  const found = tokensOf(contentWith(made));
  return new Set(Array.from({ length: found.length / 2 }, (_, i) => `${found[2 * i]} ${found[2 * i + 1]}`));
};
const without = (all: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...all].filter((each) => !others.has(each));
const common = (all: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...all].filter((each) => others.has(each) && !nothing.has(each));
const nothing = tokens({});
const text = (words: string): number => without(tokens({ text: words }), nothing).length;

describe('the tokens of a message', () => {
  it('are words and pairs of neighbours, each once', () => {
    expect(text('cheap')).to.equal(1);
    expect(text('cheap pills')).to.equal(3);
    expect(text('cheap pills cheap pills')).to.equal(4);
    expect(text("don't e-mail me.")).to.equal(5);
  });

  it('are the same in upper case, and others in the subject', () => {
    expect(tokens({ text: 'CHEAP Pills' })).to.deep.equal(tokens({ text: 'cheap pills' }));
    expect(common(tokens({ text: 'cheap' }), tokens({ subject: 'cheap' }))).to.deep.equal([]);
  });

  it('tell words of all scripts, and characters where there are no spaces', () => {
    expect(text('дешёвые таблетки')).to.equal(3);
    expect(text('中文字')).to.equal(5);
  });

  it('have the host of a URL and the domains above it', () => {
    const deep = tokens({ urls: ['https://a.b.example.com/x'] });
    const other = tokens({ urls: ['http://c.b.example.com:8080'] });
    expect(common(deep, other)).to.have.lengthOf(3);
  });

  it('do not come of what gateways and mailboxes add', () => {
    const bare: Made = { text: 'cheap pills', fields: [['x-mailer', 'Bulk 1.0']] };
    const returned: Made = {
      ...bare,
      fields: [
        ['return-path', '<a@sender.test>'],
        ['received', 'from x by y'],
        ['x-spam-status', 'Yes'],
        ['delivered-to', 'anna@example.com'],
        ...bare.fields!,
        ['x-uid', '4711'],
      ],
    };
    expect(tokens(returned)).to.deep.equal(tokens(bare));
    expect(identityOf(contentWith(returned))).to.equal(identityOf(contentWith(bare)));
  });

  it('are bounded, whatever the message is', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `w${i}`).join(' ');
    expect(tokensOf(contentWith({ text: long })).length / 2).to.equal(MAX_TOKENS);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (anything) => {
        const { tokens } = exampleOf(
          contentWith({ text: anything, subject: anything, urls: [anything] }),
          'ham',
          1,
        );
        expect(tokens.length % 2).to.equal(0);
        expect(tokens.length / 2).to.be.at.most(MAX_TOKENS);
        expect(
          exampleOf(contentWith({ text: anything, subject: anything, urls: [anything] }), 'ham', 1).tokens,
        ).to.deep.equal(tokens);
      }),
    );
  });
});
