import { standingOfMail } from '@mailpair/shared/gateway/intake/standing-of-mail';
import type { Judged } from '@mailpair/shared/filter/pipeline/judging';
import { replies } from '@mailpair/shared/platform/values/reply';
import type { Verdict } from '@mailpair/shared/filter/contract/verdict';
import { expect } from 'chai';
import { describe, it } from 'mocha';

type Kind = Verdict['kind'];

const accepted: Verdict = { kind: 'accept', reason: '' };
const taken = replies.queued('M1');

function judged(kinds: readonly Kind[], dmarc?: object): Judged {
  const learnt = dmarc && { authentication: { kind: 'known', value: { dmarc }, tookMs: 1 } };
  return {
    facts: { client: { address: '192.0.2.7' }, learnt: learnt ?? {} },
    judgements: kinds.map((kind) => ({ verdict: { kind, reason: '' }, score: 0, findings: [] })),
    // Where mail is only observed nothing else is done.
    verdicts: kinds.map(() => accepted),
  } as unknown as Judged;
}

describe('what a message says of its sender', () => {
  const isClean = (...kinds: Kind[]): boolean | undefined => standingOfMail(judged(kinds), taken)?.isClean;

  it('is good when it was taken and nothing speaks against it', () => {
    expect(standingOfMail(judged(['accept', 'accept']), taken)).to.deep.equal({
      client: '192.0.2.7',
      domain: '',
      isClean: true,
    });
  });

  for (const kind of ['tag', 'quarantine', 'reject', 'discard'] as const)
    it(`is bad when a recipient's verdict is ${kind}, also where mail is only observed`, () => {
      expect(isClean(kind)).to.equal(false);
      expect(isClean('accept', kind)).to.equal(false);
    });

  it('is nothing when it was put off, is held, or a local server refused it', () => {
    expect(isClean('defer')).to.equal(undefined);
    expect(isClean('hold')).to.equal(undefined);
    expect(standingOfMail(judged(['accept']), replies.localFault)).to.equal(null);
    expect(standingOfMail(judged(['accept']), replies.unknownRecipient)).to.equal(null);
  });

  it('is said for the registered domain that passed DMARC, and for no other', () => {
    const domainOf = (dmarc: object): string | undefined =>
      standingOfMail(judged(['accept'], dmarc), taken)?.domain;
    expect(domainOf({ result: 'pass', domain: 'news.large.co.uk' })).to.equal('large.co.uk');
    expect(domainOf({ result: 'fail', domain: 'large.co.uk' })).to.equal('');
    expect(domainOf({ result: 'none', domain: 'large.co.uk' })).to.equal('');
    expect(domainOf({ result: 'pass', domain: '' })).to.equal('');
  });
});
