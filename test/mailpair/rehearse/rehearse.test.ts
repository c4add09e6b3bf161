import { phasesIn, sharesIn } from '@mailpair/mailpair/rehearse/run-rehearsal';
import { policyNames } from '@mailpair/proving/lab/policies';
import { kinds } from '@mailpair/proving/lab/population';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../command.ts';

describe('mailpair rehearse', () => {
  it('breaks everything in turn by default, or what is listed, in the same order', () => {
    expect(phasesIn(undefined)).to.deep.equal(['inbound', 'outbound', 'local-server', 'resolver', 'disk']);
    expect(phasesIn('disk, inbound')).to.deep.equal(['inbound', 'disk']);
  });

  it('takes shares of senders, those not named being none', () => {
    expect(sharesIn('postfix=3,spammer=1')).to.deep.equal({ postfix: 3, exim: 0, qmail: 0, spammer: 1 });
  });

  for (const [words, says] of [
    ['--phases inbound,disks', 'disks is none of them'],
    ['--senders postfix=60,sendmail=40', 'sendmail=40 is not'],
    ['--senders postfix', 'postfix is not'],
    ['--senders postfix=0', 'names nobody'],
    ['--minutes none', '--minutes takes a number above 0'],
    ['--rate 10/s', '--rate takes a number above 0, as 1200/h'],
    ['--hours 0', '--hours takes a number above 0'],
    ['--minutes 0.1 --hours 48', 'need --minutes'],
    ['inbound', 'one argument too many'],
  ] as const)
    it(`refuses ${words}`, async () => {
      const { code, out, err } = await mailpair(['rehearse', ...words.split(' ')]);
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(says).and.include('usage: mailpair rehearse');
    });

  it('names in its help every policy and every kind of sender', async () => {
    const { out } = await mailpair(['rehearse', '--help']);
    expect(out)
      .to.include(`of ${policyNames.join(', ')}; all`)
      .and.include(`of ${kinds.join(', ')}\n`);
  });

  it('starts nothing when the configuration has a fault', async () => {
    const { code, out, err } = await mailpair(['rehearse', '--config', '/nowhere/mailpair.yaml']);
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('there is no such file');
  });
});
