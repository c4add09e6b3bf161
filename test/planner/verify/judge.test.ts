import { expect } from 'chai';
import { describe, it } from 'mocha';
import { codesAfter, codesOf, INBOUND, OUTBOUND, verifyIn, type World } from './published.ts';

const same = (): void => undefined;

describe('the checks of dns verify', () => {
  it('find nothing when everything is as planned', async () => {
    expect(await verifyIn(same)).to.deep.equal({ findings: [], unasked: [] });
  });

  it('say nothing about what was not answered, whatever it is, and tell who did not answer', async () => {
    let asked: World['asked'] = [];
    await verifyIn((world) => (asked = world.asked));
    const questions = new Map(asked.map((question) => [`${question.type} ${question.name}`, question]));
    expect(questions.size).to.be.greaterThan(20);
    for (const [title, { name, type }] of questions) {
      const report = await verifyIn((world) => world.silence(name, type));
      expect(codesOf(report), title).to.deep.equal([]);
      expect(
        report.unasked.flatMap((each) => each.questions),
        title,
      ).to.include(title);
    }
  });

  it('say nothing about a gateway or a policy that cannot be asked, and tell which', async () => {
    const report = await verifyIn((world) => {
      world.door(OUTBOUND, () => ({ kind: 'unknown', why: 'refuses the connection' }));
      world.policy({ kind: 'unknown', why: 'does not answer in time' });
    });
    expect(report.findings).to.deep.equal([]);
    expect(report.unasked.map(({ who }) => who)).to.deep.equal([
      `${OUTBOUND} (192.0.2.20)`,
      `${OUTBOUND} (2001:db8::20)`,
      'mta-sts.example.com',
    ]);
  });

  it('know nothing of gateways and policy when only DNS is asked', async () => {
    const change = (world: World): void => {
      world.door(INBOUND, () => ({ kind: 'unknown', why: 'refuses the connection' }));
      world.policy({ kind: 'unknown', why: 'does not answer in time' });
    };
    expect(await verifyIn(change, { asksGateways: false })).to.deep.equal({ findings: [], unasked: [] });
  });

  it('tell faults before remarks', async () => {
    const { findings } = await verifyIn((world) => {
      world.set('example.com', 'MX', [
        { preference: 1, exchange: INBOUND },
        { preference: 2, exchange: OUTBOUND },
      ]);
      world.remove('_dmarc.example.com', 'TXT');
    });
    expect(findings.map(({ code }) => code)).to.deep.equal(['dmarc-missing', 'mx-preference']);
  });

  it('look at every hosted domain', async () => {
    const pair = { domains: [{ name: 'example.com' }, { name: 'example.net' }] };
    const dkim = [{ domain: 'example.net', selector: 'gw1', record: 'v=DKIM1; k=rsa; p=MIIBother' }];
    expect(await codesAfter(same, { pair })).to.deep.equal([]);
    const report = await verifyIn((world) => world.remove('example.net', 'MX'), { pair, keys: { dkim } });
    expect(report.findings.map(({ code, subject }) => [code, subject])).to.deep.equal([
      ['mx-missing', 'example.net'],
    ]);
  });
});
