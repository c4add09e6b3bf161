import { createSubmitterRules } from '@mailpair/shared/directory/submitters/rules';
import { noLimits } from '@mailpair/shared/directory/submitters/usage';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Submitter, Submitting } from '@mailpair/shared/platform/values/submitter';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const limits = { ...noLimits, messagesPerHour: 1000 };
const usual: Settings['submitters'] = {
  domains: null,
  from: 'users',
  by: 'sender',
  servers: null,
  limited: 'all',
  limits,
  exceptions: [],
};
const of = (submitters: Partial<Settings['submitters']>, submitting: Partial<Submitting>): Submitter =>
  createSubmitterRules({
    domains: [{ name: 'example.com', localServers: [], verify: { by: 'none' } }],
    submitters: { ...usual, ...submitters },
  })({ address: '10.0.0.5', reversePath: 'Anna@Example.com', ...submitting });

describe('The rules of a submitter', () => {
  it('are those of the user, the sender at a trusted host, or the host', () => {
    expect(of({}, { user: 'anna' }).name).to.equal('anna');
    expect(of({}, {}).name).to.equal('anna@example.com');
    expect(of({}, { reversePath: '' }).name).to.equal('10.0.0.5');
    expect(of({ by: 'host' }, {}).name).to.equal('10.0.0.5');
    expect(of({ by: 'host' }, { user: 'anna' }).name).to.equal('anna');
  });

  it('are those of the sender where a mail server logs in, and of the server for the null reverse-path or where told so', () => {
    const servers = ['mailserver'];
    expect(of({ servers }, { user: 'MailServer' }).name).to.equal('anna@example.com');
    expect(of({ servers }, { user: 'anna' }).name).to.equal('anna');
    expect(of({ servers }, { user: 'mailserver', reversePath: '' }).name).to.equal('mailserver');
    expect(of({ servers, by: 'host' }, { user: 'mailserver' }).name).to.equal('mailserver');
    const { limits: own, checksFrom } = of({ servers, limited: 'users' }, { user: 'mailserver' });
    expect({ own, checksFrom }).to.deep.equal({ own: noLimits, checksFrom: false });
  });

  it('for all senders of a server are its exception, a name before it', () => {
    const submitters = {
      servers: ['mailserver'],
      exceptions: [
        { name: 'mailserver', domains: ['*'], limits: { messagesPerHour: 7, messagesPerDay: 70 } },
        { name: 'anna@example.com', limits: { messagesPerHour: 8 } },
        { network: '10.0.0.0/8', domains: ['example.org'], limits: {} },
      ],
    };
    const anna = of(submitters, { user: 'mailserver' });
    expect(anna.limits).to.include({ messagesPerHour: 8, messagesPerDay: 70 });
    expect(anna.mayUse('list.example')).to.equal(true);
    expect(of(submitters, {}).mayUse('list.example')).to.equal(false);
  });

  it('let it send from the hosted domains and below, or from those that are configured', () => {
    const { mayUse } = of({}, {});
    expect(
      ['example.com', 'host.example.com', 'notexample.com', 'example.net', ''].map(mayUse),
    ).to.deep.equal([true, true, false, false, false]);
    expect(of({ domains: ['example.net'] }, {}).mayUse('example.com')).to.equal(false);
    expect(of({ domains: ['*'] }, {}).mayUse('anything')).to.equal(true);
  });

  it('look at From of users, of all or of none', () => {
    expect(of({}, { user: 'anna' }).checksFrom).to.equal(true);
    expect(of({}, {}).checksFrom).to.equal(false);
    expect(of({ from: 'all' }, {}).checksFrom).to.equal(true);
    expect(of({ from: 'none' }, { user: 'anna' }).checksFrom).to.equal(false);
  });

  it('limit users only, or nobody, where told to', () => {
    expect(of({}, {}).limits).to.equal(limits);
    expect(of({ limited: 'users' }, {}).limits).to.deep.equal(noLimits);
    expect(of({ limited: 'users' }, { user: 'anna' }).limits).to.equal(limits);
    expect(of({ limited: 'none' }, { user: 'anna' }).limits).to.deep.equal(noLimits);
  });

  it('have exceptions by network, and by name before them', () => {
    const exceptions = [
      { network: '10.0.0.0/24', by: 'host' as const, domains: ['*'], limits: { messagesPerHour: 7 } },
      { name: 'Newsletter', domains: ['news.example'], limits: { messagesPerHour: 0 } },
    ];
    const host = of({ exceptions }, {});
    expect(host).to.deep.include({ name: '10.0.0.5', limits: { ...limits, messagesPerHour: 7 } });
    expect(host.mayUse('example.org')).to.equal(true);
    const user = of({ exceptions }, { user: 'newsletter' });
    expect(user.limits.messagesPerHour).to.equal(0);
    expect(user.mayUse('example.org')).to.equal(false);
    expect(of({ exceptions }, { address: '10.0.1.5' }).name).to.equal('anna@example.com');
  });
});
