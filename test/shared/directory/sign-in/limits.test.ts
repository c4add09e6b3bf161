import { originOf, type Attempt, type Standing } from '@mailpair/shared/directory/sign-in/attempt';
import { SIGN_IN_RATES, SignInLimits } from '@mailpair/shared/directory/sign-in/limits';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const NOW = 1_798_761_600_000;
const MINUTE = 60_000;

const from = (client: string, account = 'anna', standing: Standing = 'new'): Attempt => ({
  ...originOf(client),
  account,
  standing,
});
const fail = (limits: SignInLimits, attempt: Attempt, times: number, at = NOW): void => {
  for (let n = 0; n < times; n += 1) limits.failed(attempt, at, at);
};
const kindOf = (limits: SignInLimits, attempt: Attempt, now = NOW): string => {
  const judged = limits.judge(attempt, now);
  return judged.kind === 'refused' ? judged.by : judged.kind;
};

describe('the limits of wrong passwords', () => {
  it('delay first and then refuse a client, whatever account it tries', () => {
    const limits = new SignInLimits();
    const delays: unknown[] = [];
    for (let n = 0; n <= 20; n += 1) {
      const judged = limits.judge(from('192.0.2.7', `user${n}`), NOW);
      delays.push(judged.kind === 'heard' ? judged.delayMs / 1_000 : judged);
      limits.failed(from('192.0.2.7', `user${n}`), NOW, NOW);
    }
    expect(delays).to.deep.equal([
      ...[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 8, 8, 8, 8],
      { kind: 'refused', by: 'network', waitMs: 3 * MINUTE },
    ]);
    expect(kindOf(limits, from('192.0.2.8', 'other'))).to.equal('heard');
    expect(kindOf(limits, from('192.0.2.7', 'other'), NOW + 6 * MINUTE)).to.equal('heard'); // one more was counted
  });

  it('refuse a neighbourhood whose clients fail one after the other', () => {
    const limits = new SignInLimits();
    for (let n = 0; n < SIGN_IN_RATES.network.count; n += 1)
      limits.failed(from(`192.0.2.${n}`, `user${n}`), NOW, NOW);
    expect(kindOf(limits, from('192.0.2.200', 'other'))).to.equal('network');
    expect(kindOf(limits, from('192.0.3.200', 'other'))).to.equal('heard');
    for (let n = 0; n < 20; n += 1) limits.failed(from(`2001:db8:0:1::${n + 1}`, `user${n}`), NOW, NOW);
    expect(kindOf(limits, from('2001:db8:0:1::ffff', 'other'))).to.equal('network');
    expect(kindOf(limits, from('2001:db8:0:2::1', 'other'))).to.equal('heard');
  });

  it('refuse an account that is guessed at, but not where it signed in before nor near to that', () => {
    const limits = new SignInLimits();
    for (let n = 0; n < SIGN_IN_RATES.account.count; n += 1) limits.failed(from(`198.51.${n}.1`), NOW, NOW);
    expect(kindOf(limits, from('203.0.113.1'))).to.equal('account');
    expect(kindOf(limits, from('203.0.113.1', 'bert'))).to.equal('heard');
    expect(kindOf(limits, from('192.0.2.7', 'anna', 'known'))).to.equal('heard');
    expect(kindOf(limits, from('192.0.2.8', 'anna', 'nearby'))).to.equal('heard');
  });

  it('refuse an account at a client that it knows for what they did together, and nobody else there', () => {
    const limits = new SignInLimits();
    const office = from('192.0.2.7', 'anna', 'known');
    fail(limits, office, SIGN_IN_RATES.pair.count);
    expect(kindOf(limits, office)).to.equal('network');
    expect(kindOf(limits, from('192.0.2.7', 'bert', 'known'))).to.equal('heard');
    expect(kindOf(limits, from('192.0.2.7', 'carl'))).to.equal('heard');
    expect(kindOf(limits, from('203.0.113.1'))).to.equal('heard');
  });

  it('do not refuse those who signed in from a client for what strangers do there', () => {
    const limits = new SignInLimits();
    fail(limits, from('192.0.2.7', 'root'), 100);
    expect(kindOf(limits, from('192.0.2.7', 'carl'))).to.equal('network');
    expect(kindOf(limits, from('192.0.2.7', 'anna', 'known'))).to.equal('heard');
  });

  it('say once what is refused from now on, and name it until it is over', () => {
    const limits = new SignInLimits();
    const told: unknown[] = [];
    for (let n = 0; n < 25; n += 1) told.push(...limits.failed(from('192.0.2.7'), NOW, NOW));
    expect(told).to.deep.equal([{ network: '192.0.2.7' }, { account: 'anna' }]);
    expect(limits.refused(NOW)).to.deep.equal(told);
    expect(limits.refused(NOW + 60 * MINUTE)).to.deep.equal([]);
  });

  it('count what is told of an hour ago for as much as is left of it', () => {
    const limits = new SignInLimits();
    for (let n = 0; n < 100; n += 1) limits.failed(from('192.0.2.7'), NOW - 60 * MINUTE, NOW);
    expect(limits.judge(from('192.0.2.7'), NOW)).to.deep.equal({ kind: 'heard', delayMs: 0 });
    for (let n = 0; n < 30; n += 1) limits.failed(from('192.0.2.7'), NOW - 30 * MINUTE, NOW);
    expect(limits.judge(from('192.0.2.7'), NOW)).to.deep.equal({ kind: 'heard', delayMs: 4_000 });
  });
});
