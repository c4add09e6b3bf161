import { expect } from 'chai';
import { describe, it } from 'mocha';
import { gatherFacts, type PairFacts } from '@mailpair/planner/smarthost/facts';
import { readText } from '../../shared/config/reading.ts';

/** Parts of a configuration that stand in for the usual ones. */
interface Parts {
  readonly inbound?: string;
  readonly outbound?: string;
  readonly rest?: string;
}

function factsOf({
  inbound = '',
  outbound = '',
  rest = 'localServers: ["10.0.0.5:25"]',
}: Parts = {}): PairFacts {
  const { settings, faults } = readText(`
domains: [example.com]
inbound: { host: mx-in.example.com, addresses: [192.0.2.10] ${inbound} }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20] ${outbound} }
${rest}
`);
  expect(faults).to.deep.equal([]);
  return gatherFacts(settings!);
}

describe('what a local server must know of the pair', () => {
  it('is the name and port of the submission listener, when that is public', () => {
    expect(factsOf().relay).to.deep.equal({
      host: 'mx-out.example.com',
      port: 587,
      tls: 'starttls',
      address: null,
    });
  });

  it('is the address too, when DNS does not lead to it', () => {
    const { relay } = factsOf({ outbound: ', listen: { submission: ["10.0.0.3:2587"] }' });
    expect(relay).to.include({ port: 2587, address: '10.0.0.3' });
  });

  it('is the address of each gateway in the private network, by which it reaches the local server', () => {
    const parts = {
      inbound: ', http: "10.0.0.2:8025"',
      outbound: ', url: "https://[2001:db8::3]:8026", http: "0.0.0.0:8026"',
    };
    expect(factsOf(parts).pair).to.deep.equal(['192.0.2.10', '10.0.0.2', '192.0.2.20', '2001:db8::3']);
    const near = { inbound: ', http: "127.0.0.1:8025"', outbound: ', url: "https://out.example.com:8026"' };
    expect(factsOf(near).pair).to.deep.equal(['192.0.2.10', '192.0.2.20']);
  });

  it('is the name, which leads to the balancer, when only a balancer may connect to the listener', () => {
    const { relay } = factsOf({
      outbound: ', listen: { submission: [{ address: "10.0.0.3:587", proxy: [10.0.0.9] }] }',
    });
    expect(relay).to.include({ host: 'mx-out.example.com', port: 587, address: null });
  });

  it('is a listener with STARTTLS rather than one with TLS at once or none', () => {
    const submission = '["0.0.0.0:465", { address: "0.0.0.0:2525", tls: none }, "0.0.0.0:587"]';
    expect(
      factsOf({ outbound: `, listen: { submission: ${submission} }, trusted: [10.0.0.5]` }).relay,
    ).to.include({
      port: 587,
      tls: 'starttls',
    });
  });

  it('is that a server that logs in is to be told from a person, by a name that may be known', () => {
    const parts = { outbound: ', users: /nowhere/users' };
    expect(factsOf(parts).notes.join('\n')).to.match(/Add the user to submitters\.servers .* SIGHUP/);
    const rest = 'localServers: ["10.0.0.5:25"]\nsubmitters: { servers: [mail] }';
    expect(factsOf({ ...parts, rest }).notes.join('\n')).to.include('one of submitters.servers (mail)');
    expect(factsOf().notes.join('\n')).to.not.include('submitters.servers');
  });

  it('is where to fall back to, if inbound takes mail from submitters with the same TLS', () => {
    expect(factsOf().fallback).to.equal(null);
    expect(factsOf({ inbound: ', submission: ["0.0.0.0:465"]' }).fallback).to.equal(null);
    const two = factsOf({ inbound: ', submission: ["0.0.0.0:2587", "0.0.0.0:587"]' });
    expect(two.fallback).to.include({ host: 'mx-in.example.com', port: 587 });
    const other = factsOf({ inbound: ', submission: ["0.0.0.0:2587"]' });
    expect(other.fallback).to.include({ host: 'mx-in.example.com', port: 2587 });
  });

  it('is every address that either gateway is known to have, and no wildcard or loopback one', () => {
    const { pair } = factsOf({
      inbound:
        ', listen: ["0.0.0.0:25", "10.0.0.2:25", "127.0.0.1:2525"], sourceAddresses: ["2001:db8::10"]' +
        ', nodes: [{ host: in1.example.com, addresses: [192.0.2.11] }, { host: in2.example.com, addresses: [192.0.2.12] }]',
    });
    expect(pair).to.have.members([
      '192.0.2.10',
      '192.0.2.11',
      '192.0.2.12',
      '2001:db8::10',
      '10.0.0.2',
      '192.0.2.20',
    ]);
  });

  describe('credentials', () => {
    const users = ', users: /nowhere/users';
    const cases: Readonly<Record<string, [string, string, boolean]>> = {
      'no users': ['', '10.0.0.5:25', false],
      'users, nobody trusted': [users, '10.0.0.5:25', true],
      'users, the local server trusted': [`${users}, trusted: [10.0.0.0/24]`, '10.0.0.5:25', false],
      'users, another network trusted': [`${users}, trusted: [10.0.1.0/24]`, '10.0.0.5:25', true],
      'users, the address of the local server unknown': [
        `${users}, trusted: [10.0.0.0/24]`,
        'mail.internal:25',
        true,
      ],
    };
    for (const [what, [outbound, server, expected]] of Object.entries(cases))
      it(`${expected ? 'are' : 'are not'} used with ${what}`, () => {
        const rest = `localServers: ["${server}"]`;
        expect(factsOf({ outbound, rest }).credentials).to.equal(expected);
      });
  });

  it('is whether there is a certificate to check', () => {
    const rest = 'localServers: ["10.0.0.5:25"]\ntls: { certFile: /c, keyFile: /k }';
    expect(factsOf().verify).to.equal(false);
    expect(factsOf({ rest }).verify).to.equal(true);
    const plain =
      ', listen: { submission: [{ address: "0.0.0.0:25", tls: none }], mx: [] }, trusted: [10.0.0.5]';
    expect(factsOf({ rest, outbound: plain }).verify).to.equal(false);
  });

  it('cannot be told where outbound takes no mail from submitters, or a gateway has no address', () => {
    expect(() => factsOf({ outbound: ', listen: { submission: [] }' })).to.throw(
      'outbound.listen.submission is empty',
    );
    const { settings } = readText(`
domains: [example.com]
inbound: { host: mx-in.example.com }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20] }
localServers: ["10.0.0.5:25"]
`);
    expect(() => gatherFacts(settings!)).to.throw('inbound.addresses is missing');
  });
});
