import { behaviours, orderHosts, type Then, type Trouble } from '@mailpair/proving/loopback/behaviour';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const [NEXT, LATER, BOUNCE] = ['next host', 'later', 'bounce'] as const satisfies Then[];

/** What postfix, exim and qmail do after each trouble, and for how many minutes exim leaves the host alone. */
const table: Readonly<Record<Trouble, readonly [postfix: Then, exim: Then, qmail: Then, eximRests: number]>> =
  {
    refused: [NEXT, NEXT, NEXT, 15],
    closed: [NEXT, NEXT, LATER, 15],
    'greeting 4xx': [NEXT, NEXT, LATER, 15],
    'greeting 5xx': [NEXT, BOUNCE, LATER, 0],
    'hello 4xx': [NEXT, NEXT, LATER, 15],
    'mail 4xx': [NEXT, NEXT, LATER, 0],
    'rcpt 4xx': [NEXT, NEXT, LATER, 0],
    'message 4xx': [NEXT, NEXT, LATER, 0],
    lost: [NEXT, NEXT, LATER, 15],
    unanswered: [NEXT, NEXT, LATER, 0],
  };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('senders', () => {
  for (const [trouble, [postfix, exim, qmail, rests]] of Object.entries(table) as [
    Trouble,
    (typeof table)[Trouble],
  ][])
    it(`after "${trouble}": postfix ${postfix}, exim ${exim}, qmail ${qmail}`, () => {
      expect(behaviours.postfix.after(trouble)).to.equal(postfix);
      expect(behaviours.exim.after(trouble)).to.equal(exim);
      expect(behaviours.qmail.after(trouble)).to.equal(qmail);
      expect(behaviours.exim.restsHostMs(trouble)).to.equal(rests * MINUTE);
      expect(behaviours.postfix.restsHostMs(trouble)).to.equal(0);
    });

  it('like Postfix retry when as much time has passed again, from 300 to 4000 s', () => {
    const waits = [0, 300, 600, 1200, 2400, 4800].map(
      (s) => behaviours.postfix.retryAfterMs(s * 1000)! / 1000,
    );
    expect(waits).to.deep.equal([300, 300, 600, 1200, 2400, 4000]);
  });

  it('like qmail make attempts at 0, 400, 1600, 3600 s', () => {
    let ageMs = 0;
    const attempts = [1, 2, 3].map(() => Math.round((ageMs += behaviours.qmail.retryAfterMs(ageMs)!) / 1000));
    expect(attempts).to.deep.equal([400, 1600, 3600]);
  });

  it('like Exim retry each quarter of an hour, after two hours ever less often', () => {
    const waits = [0, HOUR, 2 * HOUR, 6 * HOUR, 40 * HOUR].map(
      (age) => behaviours.exim.retryAfterMs(age)! / MINUTE,
    );
    expect(waits).to.deep.equal([15, 15, 60, 180, 360]);
  });

  it('of spam do not come back', () => {
    expect(behaviours.spammer.retryAfterMs(0)).to.equal(undefined);
  });

  it('begin with the host of the lowest preference, spammers with the highest', () => {
    const hosts = [{ preference: 20 }, { preference: 10 }, { preference: 30 }];
    const order = (kind: 'postfix' | 'spammer') =>
      orderHosts(hosts, behaviours[kind], () => 0.5).map(({ preference }) => preference);
    expect(order('postfix')).to.deep.equal([10, 20, 30]);
    expect(order('spammer')).to.deep.equal([30, 20, 10]);
  });

  it('take hosts of equal preference by chance', () => {
    const hosts = [
      { preference: 10, name: 'a' },
      { preference: 10, name: 'b' },
    ];
    const firstWith = (...draws: number[]) =>
      orderHosts(hosts, behaviours.postfix, () => draws.shift()!)[0]!.name;
    expect([firstWith(0.1, 0.9), firstWith(0.9, 0.1)]).to.deep.equal(['a', 'b']);
  });
});
