import { formatMessage, formatRecord, recordsIn } from '@mailpair/shared/filter/pipeline/record-line';
import type { EventRecord, MessageRecord } from '@mailpair/shared/filter/pipeline/record';
import type { Outcome } from '@mailpair/shared/platform/values/outcome';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const reply = { code: 250, enhanced: '2.0.0', text: 'Ok' };
const usual: MessageRecord = {
  kind: 'message',
  id: 'M1',
  at: 1_000,
  host: 'mx.example.com',
  session: 's',
  listener: 'l',
  messageId: '<1@x.test>',
  from: 'a@x.test',
  subject: 'é "quoted"',
  facts: {
    role: 'mx',
    at: 1_000,
    client: { address: '192.0.2.7', helo: 'h.test', tls: false, trusted: false },
    reversePath: 'a@x.test',
    recipients: ['anna@example.com', 'bert@example.com'],
    message: { sizeBytes: 12, hops: 0, eightBit: false },
    learnt: {},
  },
  findings: [],
  judgements: [
    {
      recipients: ['anna@example.com', 'bert@example.com'],
      verdict: { kind: 'accept', reason: 'score 0' },
      score: 0,
      findings: [],
    },
  ],
  reply,
  tookMs: 7,
};
const judged: MessageRecord = {
  ...usual,
  facts: {
    ...usual.facts,
    at: 999,
    client: { address: '192.0.2.7', helo: 'h.test', tls: true, trusted: true, user: 'u', spokeEarly: true },
    message: { sizeBytes: 12, hops: 3, eightBit: true },
    learnt: { greylist: { kind: 'fault', reason: 'r', tookMs: 1 } },
  },
  findings: [{ rule: 'r', score: 2, evidence: 'e' }],
  judgements: [
    {
      recipients: ['anna@example.com'],
      verdict: { kind: 'tag', reason: 'score 2' },
      score: 2,
      findings: [0],
      done: 'accept',
    },
    { ...usual.judgements[0]!, recipients: ['bert@example.com'] },
  ],
};

describe('the line of a message', () => {
  for (const [name, record] of Object.entries({ usual, judged }))
    it(`gives back a record that is ${name}`, () => {
      expect(recordsIn(formatMessage(record, []))).to.deep.equal([record]);
    });

  it('gives back what is nearly usual', () => {
    const [accepted] = usual.judgements;
    for (const other of [
      { ...accepted!, done: 'accept' as const },
      { ...accepted!, recipients: ['anna@example.com'] },
      { ...accepted!, verdict: { kind: 'accept' as const, reason: 'policy.allow' } },
      { ...accepted!, score: -1 },
    ]) {
      const record = { ...usual, judgements: [other] };
      expect(recordsIn(formatMessage(record, []))).to.deep.equal([record]);
    }
    const record = { ...usual, facts: { ...usual.facts } };
    delete (record.facts as { message?: unknown }).message;
    expect(recordsIn(formatMessage(record, []))).to.deep.equal([record]);
  });

  it('has what became of it while its client waited', () => {
    const outcomes: Outcome[] = [
      { recipient: 'anna@example.com', kind: 'relayed', reply, host: '192.0.2.9' },
      { recipient: 'bert@example.com', kind: 'deferred', reply },
    ];
    const event = { kind: 'event', id: 'M1', at: 1_007, host: 'mx.example.com', reply } as const;
    expect(recordsIn(formatMessage(usual, outcomes))).to.deep.equal([
      usual,
      { ...event, event: 'relayed', recipients: ['anna@example.com'], by: '192.0.2.9' },
      { ...event, event: 'deferred', recipients: ['bert@example.com'] },
    ]);
  });

  it('is read as it was kept before, whole', () => {
    expect(recordsIn(JSON.stringify(judged))).to.deep.equal([judged]);
  });

  it('is short where nothing was judged', () => {
    expect(formatMessage(usual, [])).to.not.match(/findings|judgements|learnt|trusted|endings/);
  });
});

describe('the line of anything else', () => {
  it('is what it is, and nothing where it was cut off', () => {
    const event: EventRecord = {
      kind: 'event',
      id: 'M1',
      at: 1,
      host: 'h',
      event: 'held',
      recipients: ['a@b.c'],
    };
    expect(recordsIn(formatRecord(event))).to.deep.equal([event]);
    expect(recordsIn(formatRecord(event).slice(0, -3))).to.deep.equal([]);
    expect(recordsIn('')).to.deep.equal([]);
  });

  it('finds no record in a line that is JSON and none of ours', () => {
    const { facts } = usual;
    const lines = [
      null,
      1,
      [],
      {},
      { kind: 'other' },
      { kind: 'message' },
      { kind: 'message', facts: null },
      { kind: 'message', facts: { recipients: ['a@b.test'] } },
      { kind: 'message', facts: { client: {}, recipients: 'a@b.test' } },
      { ...usual, facts: { ...facts, client: null } },
      { ...usual, endings: 'relayed' },
      { ...usual, endings: [null] },
    ];
    for (const line of lines) expect(recordsIn(JSON.stringify(line)), JSON.stringify(line)).to.deep.equal([]);
  });
});
