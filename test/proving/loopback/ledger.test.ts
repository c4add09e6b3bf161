/** A rehearsal is worth what its ledger sees: here it is shown each fault once. */
import { IN_FLIGHT_MS, judgeMail, type Sent, type Taken } from '@mailpair/proving/loopback/ledger';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const GATEWAY = 'mx-in.example.com';
const SERVER = 'local1.rehearsal.test';
const to = ['anna@example.com', 'bert@example.com'];

const sentMessage = (facts: Partial<Sent> = {}): Sent => ({
  id: 'm1',
  direction: 'in',
  slot: 'steady',
  sender: 'postfix',
  recipients: to,
  unknown: [],
  digest: 'right',
  bornAt: 1000,
  accepted: new Map(to.map((recipient) => [recipient, 'inbound' as const])),
  refused: new Map(),
  unanswered: 0,
  givenUp: false,
  ...facts,
});
const copy = (facts: Partial<Taken> = {}): Taken => ({
  id: 'm1',
  to,
  digest: 'right',
  at: 5000,
  gateway: GATEWAY,
  server: SERVER,
  ...facts,
});
const fates = (...parameters: Parameters<typeof judgeMail>): string[] =>
  judgeMail(...parameters).map(({ fate }) => fate);
const twice = [copy({ to: [to[0]!] }), copy({ to: [to[0]!], at: 9000 }), copy({ to: [to[1]!] })];

describe('the ledger of a rehearsal', () => {
  it('finds nothing wrong when all arrived once, together or one by one', () => {
    for (const copies of [[copy()], to.map((recipient) => copy({ to: [recipient] }))])
      for (const verdict of judgeMail([sentMessage()], copies, []))
        expect(verdict)
          .to.deep.include({
            fate: 'arrived',
            by: 'inbound',
            delayMs: 4000,
            altered: false,
            duplicates: 0,
            inFlight: 0,
          })
          .and.not.have.property('fault');
  });

  it('finds what is lost, for each recipient, and says by whom', () => {
    const [first, second] = judgeMail([sentMessage()], [copy({ to: [to[0]!] })], []);
    expect(first?.fate).to.equal('arrived');
    expect(second).to.include({ fate: 'lost' });
    expect(second?.fault).to.match(/^lost: message m1 .* for bert@example.com.*accepted by inbound$/);
  });

  it('does not take the copy of another message for it', () => {
    expect(fates([sentMessage()], [copy({ id: 'm2' })], [])).to.deep.equal(['lost', 'lost']);
  });

  it('finds an octet that changed', () => {
    expect(judgeMail([sentMessage()], [copy({ digest: 'wrong' })], [])[0]).to.include({ altered: true });
    expect(judgeMail([sentMessage()], [copy({ digest: 'wrong' })], [])[0]?.fault).to.match(/^altered/);
  });

  it('finds what came twice', () => {
    const [first, second] = judgeMail([sentMessage()], twice, []);
    expect(first).to.include({ duplicates: 1, inFlight: 0, delayMs: 4000 });
    expect(first?.fault).to.match(/^duplicated/);
    expect(second).to.include({ duplicates: 0 });
  });

  it('excuses one copy for each time that the sender got no answer, and no more', () => {
    const excused = sentMessage({ unanswered: 1, recipients: [to[0]!] });
    expect(judgeMail([excused], twice, [])[0]).to.include({ duplicates: 0, inFlight: 1 });
    expect(judgeMail([excused], twice, [])[0]).to.not.have.property('fault');
    const again = [...twice, copy({ to: [to[0]!], at: 9500 })];
    expect(judgeMail([excused], again, [])[0]).to.include({ duplicates: 1, inFlight: 1 });
  });

  it('excuses a copy made at the moment its gateway or its server was stopped, not another', () => {
    const verdictAt = (name: string, at: number) => judgeMail([sentMessage()], twice, [{ name, at }])[0];
    expect(verdictAt(GATEWAY, 5000 + IN_FLIGHT_MS)).to.include({ duplicates: 0, inFlight: 1 });
    expect(verdictAt(SERVER, 5000 - IN_FLIGHT_MS)).to.include({ duplicates: 0, inFlight: 1 });
    expect(verdictAt(GATEWAY, 5001 + IN_FLIGHT_MS)).to.include({ duplicates: 1, inFlight: 0 });
    expect(verdictAt('mx-out.example.com', 5000)).to.include({ duplicates: 1, inFlight: 0 });
  });

  it('takes a notice of failure that names the recipient for a bounce: right for nobody, wrong for others', () => {
    const notice = copy({ failed: [to[0]!], to: ['someone@example.net'] });
    const known = judgeMail([sentMessage()], [notice], []);
    expect(known.map(({ fate }) => fate)).to.deep.equal(['bounced', 'lost']);
    expect(known[0]?.fault).to.match(/^bounced/);
    const unknown = judgeMail([sentMessage({ unknown: [to[0]!] })], [notice], []);
    expect(unknown[0]).to.include({ fate: 'bounced' }).and.not.have.property('fault');
  });

  it('takes a refusal for right only when the recipient exists nowhere', () => {
    const refused = { accepted: new Map(), refused: new Map(to.map((each) => [each, '550 5.1.1 no'])) };
    const verdicts = judgeMail([sentMessage({ ...refused, unknown: [to[0]!] })], [], []);
    expect(verdicts.map(({ fate }) => fate)).to.deep.equal(['refused', 'refused']);
    expect(verdicts[0]?.fault).to.equal(undefined);
    expect(verdicts[1]?.fault).to.match(/^refused: .*550 5\.1\.1 no/);
  });

  it('calls what nobody accepted not lost: given up by who does so, else waiting, which is wrong', () => {
    const open = { accepted: new Map() };
    expect(fates([sentMessage({ ...open, givenUp: true })], [], [])).to.deep.equal(['given up', 'given up']);
    const [waiting] = judgeMail([sentMessage(open)], [], []);
    expect(waiting).to.include({ fate: 'waiting' });
    expect(waiting?.fault).to.match(/^waiting/);
  });
});
