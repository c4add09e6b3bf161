import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { Gate, statusOf, type Judged } from '@mailpair/shared/gateway/pair/partner-gate';
import { deriveKeys, type PartnerKey } from '@mailpair/shared/gateway/pair/partner-keys';
import { formatSeal, type Seal, type Sealed } from '@mailpair/shared/gateway/pair/partner-signature';

const keys = deriveKeys(['first secret', 'second secret']);
const [first, second] = keys as [PartnerKey, PartnerKey];
const [foreign] = deriveKeys(['foreign secret']) as [PartnerKey];
const now = 1_798_761_600_000;
const question: Sealed = { line: 'POST /pair/heartbeat', body: Buffer.from('{}') };
const nodes = new Set(['inbound/a', 'inbound/b']);

describe('the gate for heartbeats', () => {
  let gate: Gate;
  beforeEach(() => {
    gate = new Gate({ name: 'outbound/x', run: 'run-of-x' });
  });

  const judge = (changes: Partial<Seal> = {}, key = first, sealed = question): Judged => {
    const seal: Seal = {
      key: key.id,
      from: 'inbound/a',
      fromRun: 'run-of-a',
      to: 'outbound/x',
      toRun: 'run-of-x',
      number: 1,
      time: now,
      nonce: 'abcdefghijklmnopqrstuvwx',
      ...changes,
    };
    const facts = { keys, isPartner: (name: string) => nodes.has(name), now };
    return gate.judge(formatSeal(seal, question, key), sealed, facts);
  };
  const refusalOf = (judged: Judged) =>
    judged.kind === 'refused' ? [judged.reason, judged.genuine !== undefined] : judged.kind;

  it('is open for a partner', () => {
    expect(judge()).to.deep.include({ kind: 'admitted', key: first });
  });

  it('is open for every secret there is, so that one can follow another', () => {
    expect(judge({}, second)).to.deep.include({ kind: 'admitted', key: second });
  });

  it('introduces who does not know our run yet, or knows an earlier one', () => {
    expect([judge({ toRun: '-' }).kind, judge({ toRun: 'earlier' }).kind]).to.deep.equal([
      'introduced',
      'introduced',
    ]);
  });

  it('is shut for all others, and tells which are genuine', () => {
    expect(refusalOf(judge({}, foreign))).to.deep.equal(['secret', false]);
    expect(refusalOf(judge({ key: first.id }, foreign))).to.deep.equal(['forged', false]);
    expect(refusalOf(judge({}, first, { ...question, body: Buffer.from('[]') }))).to.deep.equal([
      'forged',
      false,
    ]);
    expect(refusalOf(judge({ to: 'outbound/y' }))).to.deep.equal(['receiver', true]);
    expect(refusalOf(judge({ from: 'inbound/c' }))).to.deep.equal(['sender', true]);
    expect(refusalOf(judge({ from: 'outbound/x' }))).to.deep.equal(['sender', true]);
    expect(refusalOf(judge({ time: now - 301_000 }))).to.deep.equal(['stale', true]);
    expect(refusalOf(judge({ time: now + 301_000 }))).to.deep.equal(['stale', true]);
    expect(refusalOf(gate.judge('', question, { keys, isPartner: () => true, now }))).to.deep.equal([
      'malformed',
      false,
    ]);
  });

  it('is shut for what was here before', () => {
    judge({ number: 5 });
    expect(refusalOf(judge({ number: 5 }))).to.deep.equal(['replayed', true]);
    expect(refusalOf(judge({ number: 6 }))).to.equal('admitted');
  });

  it('does not let a refused one count as having been here', () => {
    judge({ number: 5 }, foreign);
    judge({ number: 5, key: first.id }, foreign);
    judge({ number: 5, toRun: '-' });
    judge({ number: 5, time: 0 });
    expect(judge({ number: 5 }).kind).to.equal('admitted');
  });

  it('says 401 to those it does not know, and 403 to those it does', () => {
    const known = Object.entries(statusOf).filter(([, status]) => status === 403);
    expect(known.map(([reason]) => reason).toSorted()).to.deep.equal([
      'receiver',
      'replayed',
      'sender',
      'stale',
    ]);
    expect(Object.values(statusOf).filter((status) => status === 401)).to.have.length(3);
  });
});
