import { combine } from '@mailpair/shared/filter/contract/combine';
import { findingsByPolicy } from '@mailpair/shared/filter/policies/policy';
import { policiesOf } from '@mailpair/shared/filter/policies/policies';
import type { PolicySettings, SenderEntry } from '@mailpair/shared/config/schema/policies';
import type { RuleSettings } from '@mailpair/shared/config/schema/rules';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Facts } from '@mailpair/shared/filter/pipeline/facts';
import type { Finding } from '@mailpair/shared/filter/contract/verdict';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { factsWith } from '../../../support/inquiries.ts';

interface Given {
  readonly allow?: readonly string[];
  readonly block?: readonly string[];
  readonly policies?: readonly (Partial<PolicySettings> & { for: readonly string[] })[];
  readonly rules?: readonly Partial<RuleSettings>[];
}

const entries = (senders: readonly string[] = []): SenderEntry[] =>
  senders.map((sender) => ({ sender: sender.replace(/!$/, ''), unproven: sender.endsWith('!') }));

function policies({ allow, block, policies: named = [], rules = [] }: Given) {
  const judge = {
    tagAt: 4,
    quarantineAt: 7,
    rejectAt: 12,
    allow: entries(allow),
    block: entries(block),
    policies: named.map((policy) => ({ allow: [], block: [], ...policy })),
    rules: rules.map((rule, i) => ({
      name: `r${i}`,
      on: ['mx'],
      when: {},
      unless: null,
      score: 0,
      verdict: 'score',
      text: null,
      ...rule,
    })),
  };
  return policiesOf({ judge } as unknown as Settings);
}

function verdict(
  given: Given,
  facts: Facts,
  recipient = 'anna@example.com',
  found: readonly Finding[] = [],
): string {
  const policy = policies(given)(recipient);
  return combine([...found, ...findingsByPolicy(facts, policy, found)], policy).verdict.kind;
}

const bad = (score: number): Finding[] => [{ rule: 'dns-list.bl', score, evidence: 'listed' }];
const proven = factsWith({
  spf: { result: 'pass', domain: 'sender.test', identity: 'mailfrom' },
  authentication: {
    dkim: [],
    arc: { result: 'none', sealers: [], saw: [] },
    dmarc: { result: 'pass', domain: 'from.test', aligned: ['dkim'] },
    from: [{ name: '', address: 'News@from.test' }],
  },
});
const unproven = factsWith({
  spf: { result: 'softfail', domain: 'sender.test', identity: 'mailfrom' },
  authentication: {
    dkim: [],
    arc: { result: 'none', sealers: [], saw: [] },
    dmarc: { result: 'fail', domain: 'from.test', aligned: [] },
    from: [{ name: '', address: 'news@from.test' }],
  },
});

const together = (...all: readonly object[]): object => Object.assign({}, ...all) as object;

describe('the policy of a recipient', () => {
  it('has thresholds of its address, of its domain, and of all, whatever is given nearest', () => {
    const of = policies({
      policies: [
        { for: ['example.com'], rejectAt: 8, tagAt: 2 },
        { for: ['anna@example.com'], rejectAt: null },
      ],
    });
    expect(of('anna@example.com')).to.include({ tagAt: 2, quarantineAt: 7, rejectAt: null });
    expect(of('ANNA@EXAMPLE.COM')).to.equal(of('anna@example.com'));
    expect(of('ben@example.com')).to.include({ tagAt: 2, quarantineAt: 7, rejectAt: 8 });
    expect(of('x@example.net')).to.include({ tagAt: 4, quarantineAt: 7, rejectAt: 12 });
  });

  it('is one object for those who want the same', () => {
    const of = policies({ policies: [{ for: ['anna@example.com', 'ben@example.com'], tagAt: 1 }] });
    expect(of('carl@example.com')).to.equal(of('dora@example.com'));
    expect(of('anna@example.com')).to.not.equal(of('carl@example.com'));
  });

  it('never refuses postmaster anything, whatever is blocked', () => {
    expect(verdict({ block: ['192.0.2.0/24'] }, proven, 'Postmaster@example.com', bad(99))).to.equal(
      'accept',
    );
  });

  it('allows a name of the reverse-path by SPF, one of From by DMARC, and a network without proof', () => {
    for (const name of [
      'sender.test',
      'a@sender.test',
      '.test',
      'from.test',
      'news@from.test',
      '192.0.2.7/32',
    ])
      expect(verdict({ allow: [name] }, proven, 'anna@example.com', bad(50)), name).to.equal('accept');
    for (const name of [
      'sender.test',
      'a@sender.test',
      '.test',
      'from.test',
      'news@from.test',
      '192.0.2.8/32',
    ])
      expect(verdict({ allow: [name] }, unproven, 'anna@example.com', bad(50)), name).to.equal('reject');
    expect(verdict({ allow: ['other.test', '.sender.test'] }, proven, 'anna@example.com', bad(50))).to.equal(
      'reject',
    );
  });

  it('allows an unproven name only where the operator says so', () => {
    expect(verdict({ allow: ['from.test!'] }, unproven, 'anna@example.com', bad(50))).to.equal('accept');
  });

  it('blocks by what is claimed', () => {
    for (const name of ['sender.test', 'news@from.test', '192.0.2.0/24'])
      expect(verdict({ block: [name] }, unproven), name).to.equal('reject');
  });

  it('lets the nearest list that names the sender decide, and allow before block in one level', () => {
    const given: Given = {
      block: ['sender.test'],
      policies: [{ for: ['anna@example.com'], allow: entries(['a@sender.test']) }],
    };
    expect(verdict(given, proven, 'anna@example.com')).to.equal('accept');
    expect(verdict(given, proven, 'ben@example.com')).to.equal('reject');
    expect(verdict({ allow: ['sender.test'], block: ['sender.test'] }, proven)).to.equal('accept');
    expect(verdict({ allow: ['sender.test'], block: ['sender.test'] }, unproven)).to.equal('reject');
  });
});

describe('a rule of the operator', () => {
  const content = {
    faults: [],
    from: [],
    subject: 'You won the Lottery today',
    messageId: '',
    unread: [],
    attachments: [
      { name: 'a.zip/run.ISO', declaredType: '', looksLike: 'exe', sizeBytes: 1, depth: 1 },
      { name: 'a.txt', otherNames: ['a.js '], declaredType: '', looksLike: '', sizeBytes: 1, depth: 0 },
    ],
  };
  const facts: Facts = {
    ...factsWith({
      content,
      spf: { result: 'fail', domain: 'sender.test', identity: 'mailfrom' },
      namedFields: { 'x-mailer': ['Some Bulk 1.0'] },
    }),
    message: { sizeBytes: 5_000, hops: 1, eightBit: false },
  };
  const applies = (
    when: object,
    more: Partial<RuleSettings> = {},
    of = facts,
    found: readonly Finding[] = [],
  ): string => verdict({ rules: [{ when, verdict: 'quarantine', ...more }] }, of, 'anna@example.com', found);

  it('applies where its condition holds, and not elsewhere', () => {
    const holding: object[] = [
      { subject: ['*LOTTERY*'] },
      { subject: ['nothing', 'you won*'] },
      { attachment: ['*.iso'] },
      { attachment: ['*.js'] },
      { attachmentType: ['elf', 'exe'] },
      { spf: ['fail', 'softfail'] },
      { client: ['192.0.2.0/24'] },
      { helo: ['mail.*.test'] },
      { sender: ['sender.test'] },
      { recipient: ['example.com'] },
      { recipient: ['anna@example.com'] },
      { header: [{ name: 'x-mailer', patterns: ['*bulk*'] }] },
      { largerThanBytes: 4_999 },
    ];
    for (const when of holding) expect(applies(when), JSON.stringify(when)).to.equal('quarantine');
    expect(applies(together(...holding))).to.equal('quarantine');
    const others: object[] = [
      { subject: ['lottery'] },
      { subject: ['.*'] },
      { attachment: ['*.is'] },
      { spf: ['pass'] },
      { dmarc: ['fail'] },
      { client: ['192.0.3.0/24'] },
      { sender: ['example.com'] },
      { recipient: ['ben@example.com'] },
      { header: [{ name: 'x-other', patterns: ['*'] }] },
      { largerThanBytes: 5_000 },
    ];
    for (const when of others) {
      expect(applies(when), JSON.stringify(when)).to.equal('accept');
      expect(applies(together(...holding, when)), JSON.stringify(when)).to.equal('accept');
    }
  });

  it('does not apply where its exception holds as a whole', () => {
    const when = { subject: ['*lottery*'] };
    expect(applies(when, { unless: { sender: ['sender.test'] } })).to.equal('accept');
    expect(applies(when, { unless: { sender: ['sender.test'], spf: ['pass'] } })).to.equal('quarantine');
  });

  it('counts what checks found', () => {
    expect(applies({ found: ['dns-list.*'] }, {}, facts, bad(1))).to.equal('quarantine');
    expect(applies({ found: ['dns-list'] }, {}, facts, bad(1))).to.equal('accept');
  });

  it('adds its score, or names a verdict with its words', () => {
    expect(applies({ spf: ['fail'] }, { verdict: 'score', score: 4 })).to.equal('tag');
    const policy = policies({
      rules: [{ when: { spf: ['fail'] }, verdict: 'reject', text: 'Not like this' }],
    })('a@b.test');
    const [finding] = findingsByPolicy(facts, policy, []);
    expect(finding).to.deep.include({
      rule: 'rule.r0',
      reply: { code: 550, enhanced: '5.7.1', text: 'Not like this' },
    });
  });

  it('waits for the message where it asks about it, and not where it asks about the client alone', () => {
    const { message: _message, ...atRcpt } = facts;
    expect(applies({ spf: ['fail'] }, {}, atRcpt)).to.equal('quarantine');
    expect(applies({ spf: ['fail'], subject: ['*'] }, {}, atRcpt)).to.equal('accept');
    expect(applies({ spf: ['fail'] }, { unless: { subject: ['x'] } }, atRcpt)).to.equal('accept');
  });

  it('says so where what it asks for could not be learnt, and does not apply', () => {
    const faulty: Facts = { ...facts, learnt: { content: { kind: 'fault', reason: 'no time', tookMs: 1 } } };
    const policy = policies({ rules: [{ when: { subject: ['*'] }, verdict: 'reject' }] })('anna@example.com');
    expect(findingsByPolicy(faulty, policy, [])).to.deep.equal([
      { rule: 'rule.r0', score: 0, evidence: 'what it asks for could not be learnt', missing: true },
    ]);
  });

  it('is for mail from the internet unless it says otherwise', () => {
    const submitted: Facts = { ...facts, role: 'submission' };
    expect(applies({ spf: ['fail'] }, {}, submitted)).to.equal('accept');
    expect(applies({ spf: ['fail'] }, { on: ['submission'] }, submitted)).to.equal('quarantine');
  });
});
