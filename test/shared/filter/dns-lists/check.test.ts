import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { combine } from '@mailpair/shared/filter/contract/combine';
import {
  addressListCheck,
  domainListCheck,
  urlListCheck,
  type ListRules,
} from '@mailpair/shared/filter/dns-lists/check';
import { weightOf, type ListWeight } from '@mailpair/shared/filter/dns-lists/list-weights';
import type { ListFacts, Listing } from '@mailpair/shared/filter/dns-lists/facts';
import { formatReply } from '@mailpair/shared/platform/values/reply';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { factsWith } from '../../../support/inquiries.ts';

const list = (name: string, more: Partial<ListWeight> = {}): ListWeight => ({
  name,
  score: 3,
  codes: [],
  verdict: 'score',
  ...more,
});
const rules = (more: Partial<ListRules> = {}): ListRules => ({
  deny: [],
  allow: [],
  domains: [],
  refuseAt: null,
  onFault: 'accept',
  ...more,
});
const listing = (name: string, ...codes: string[]): Listing => ({ list: name, subject: '192.0.2.7', codes });
const facts = (more: Partial<ListFacts>): ListFacts => ({ listed: [], clear: [], unanswered: [], ...more });

const judge = (by: Partial<ListRules>, known: Partial<ListFacts>): readonly Finding[] =>
  addressListCheck(rules(by)).judge(factsWith({ addressLists: facts(known) }));
const thresholds = { tagAt: 4, quarantineAt: 7, rejectAt: 12 };

describe('what a listing weighs', () => {
  const weighted = list('bl', {
    score: 2,
    codes: [
      { code: '127.0.0.4', score: 5 },
      { code: '127.0.1.2', score: 4 },
      { code: '127.0.0.10', score: 0 },
    ],
  });

  for (const [codes, weight] of [
    [['127.0.0.2'], 2],
    [['127.0.0.4'], 5],
    [['127.0.0.2', '127.0.0.4'], 5],
    [['127.0.1.2'], 4],
    [['127.0.1.3'], 0],
    [['127.0.0.10'], 0],
    [[], 0],
  ] as const)
    it(`${codes.join(' and ') || 'no code'}: ${weight}`, () => {
      expect(weightOf({ codes }, weighted)).to.equal(weight);
    });

  it('is that of the code which weighs most, in an allow list too', () => {
    const allow = list('wl', {
      score: 0,
      codes: [
        { code: '127.0.*.1', score: -1 },
        { code: '127.0.*.3', score: -6 },
      ],
    });
    expect(weightOf({ codes: ['127.0.5.1', '127.0.5.3', '127.0.0.2'] }, allow)).to.equal(-6);
  });

  it('is nothing for an answer that says we are not served, whatever is configured', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.double({ min: -9, max: 9, noNaN: true }), (octet, score) => {
        const all = list('bl', { score, codes: [{ code: '127.*.*.*', score }] });
        expect(weightOf({ codes: [`127.255.255.${octet}`] }, all)).to.equal(0);
      }),
    );
  });
});

describe('the check of lists of addresses', () => {
  it('says who lists the client, and with what code', () => {
    expect(judge({ deny: [list('bl')] }, { listed: [listing('bl', '127.0.0.2')] })).to.deep.equal([
      { rule: 'dns-list.bl', score: 3, evidence: '192.0.2.7 is listed by bl (127.0.0.2)' },
    ]);
  });

  it('finds nothing of a client in no list, nor in a list that is not configured any more', () => {
    expect(judge({ deny: [list('bl')] }, { clear: ['bl'] })).to.deep.equal([]);
    expect(judge({ deny: [list('bl')] }, { listed: [listing('old', '127.0.0.2')] })).to.deep.equal([]);
  });

  it('adds lists up, those that speak for the client too', () => {
    const findings = judge(
      { deny: [list('a'), list('b', { score: 4 })], allow: [list('wl', { score: -5 })] },
      { listed: [listing('a', '127.0.0.2'), listing('b', '127.0.0.2'), listing('wl', '127.0.0.2')] },
    );
    expect(combine(findings, thresholds)).to.deep.include({
      score: 2,
      verdict: { kind: 'accept', reason: 'score 2' },
    });
  });

  it('refuses by a list that is to, with its reason, or where to ask', () => {
    const deny = [list('bl', { verdict: 'reject' })];
    const replyTo = (text?: string): string => {
      const listed = [{ ...listing('bl', '127.0.0.2'), ...(text !== undefined && { text }) }];
      const { verdict } = combine(judge({ deny }, { listed }), thresholds);
      return 'reply' in verdict ? formatReply(verdict.reply) : verdict.kind;
    };
    expect(replyTo('see https://bl.test/?192.0.2.7')).to.equal(
      '550 5.7.1 192.0.2.7 is listed by bl: see https://bl.test/?192.0.2.7',
    );
    expect(replyTo()).to.equal('550 5.7.1 192.0.2.7 is listed by bl; ask there to be delisted');
  });

  it('refuses nobody by a code that counts nothing', () => {
    const deny = [list('bl', { verdict: 'reject', score: 0, codes: [{ code: '127.0.0.4', score: 1 }] })];
    expect(judge({ deny }, { listed: [listing('bl', '127.0.0.10')] })).to.deep.equal([]);
    expect(judge({ deny }, { listed: [listing('bl', '127.0.0.4')] })[0]).to.have.property(
      'verdict',
      'reject',
    );
  });

  it('is set aside by an allow list that allows', () => {
    const findings = judge(
      { deny: [list('bl', { verdict: 'reject' })], allow: [list('wl', { score: -1, verdict: 'allow' })] },
      { listed: [listing('bl', '127.0.0.2'), listing('wl', '127.0.0.2')] },
    );
    expect(combine(findings, thresholds).verdict).to.deep.equal({ kind: 'accept', reason: 'dns-list.wl' });
  });

  it('refuses by the sum when there is one to refuse at, naming the lists that speak against', () => {
    const by = { deny: [list('a'), list('b')], allow: [list('wl', { score: -2 })], refuseAt: 6 };
    const listed = [listing('a', '127.0.0.2'), { ...listing('b', '127.0.0.2'), text: 'why' }];
    const last = judge(by, { listed }).at(-1);
    expect(last).to.deep.include({ rule: 'dns-list.sum', verdict: 'reject' });
    expect(last?.reply?.text).to.equal('192.0.2.7 is listed by a, b: why');
    expect(last?.evidence).to.include('together 6; lists.refuseAt is 6');
    expect(
      judge(by, { listed: [...listed, listing('wl', '127.0.0.2')] }).map(({ rule }) => rule),
    ).to.not.include('dns-list.sum');
  });

  it('says which list could not be asked, and goes on without it or asks to come back', () => {
    const silent = { unanswered: [{ list: 'bl', reason: 'no answer within 3 s' }] };
    const off = { unanswered: [{ list: 'bl', reason: 'lists the world', off: true as const }] };
    const deny = [list('bl', { verdict: 'reject' as const })];
    expect(judge({ deny }, silent)).to.deep.equal([
      {
        rule: 'dns-list.bl',
        score: 0,
        evidence: 'bl could not be asked: no answer within 3 s',
        missing: true,
      },
    ]);
    expect(combine(judge({ deny, onFault: 'defer' }, silent), thresholds).verdict).to.have.property(
      'kind',
      'defer',
    );
    expect(combine(judge({ deny, onFault: 'defer' }, off), thresholds).verdict).to.have.property(
      'kind',
      'accept',
    );
  });
});

describe('the checks of lists of domains', () => {
  const listed = [{ list: 'dbl', subject: 'bad.test', codes: ['127.0.0.2'] }];
  const by = rules({ domains: [list('dbl', { verdict: 'reject' })] });

  it('know the domains that the client goes by at RCPT, the hosts of URLs at the end of DATA', () => {
    const known = factsWith({ domainLists: facts({ listed }), urlLists: facts({ listed, leftOut: 5 }) });
    const [domain] = domainListCheck(by).judge(known);
    const [url, left] = urlListCheck(by).judge(known);
    expect(domain).to.include({ rule: 'domain-list.dbl', score: 3, verdict: 'reject' });
    expect(url).to.include({ rule: 'url-list.dbl', evidence: 'bad.test is listed by dbl (127.0.0.2)' });
    expect(left).to.deep.equal({
      rule: 'url-list.left-out',
      score: 0,
      evidence: '5 more hosts were not asked about',
      missing: true,
    });
    const all = [...listed, { list: 'dbl', subject: 'worse.test', codes: ['127.0.0.2'] }];
    expect(urlListCheck(by).judge(factsWith({ urlLists: facts({ listed: all }) }))).to.have.lengthOf(1);
    expect([domainListCheck(by).stage, urlListCheck(by).stage]).to.deep.equal(['rcpt', 'message']);
  });
});
