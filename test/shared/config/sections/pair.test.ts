import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'the heartbeat',
  `
  pair: { interval: 10ms }
  pair.interval | 10ms | is too short | write 100ms or more
  pair: { interval: 2 }
  pair.interval | 2 | without a unit | write 2s
  pair: { deadAfter: 1h }
  pair.deadAfter | 1h | is too long | write 10m or less
  pair: { secretFile: pair.secret }
  pair.secretFile | pair.secret | is a relative path | starting with /
  pair: { secretFil: /x }
  pair.secretFil | /x | is an unknown key | write pair.secretFile
  `,
);

describe('the configuration of the heartbeat', () => {
  const withSecret = (text: string) => readText(`pair: { secretFile: /nowhere, deadAfter: 5s }\n${text}`);
  const hosts = (inbound: string, outbound: string): string =>
    `inbound: { host: mx-in.example.com, ${inbound} }\n` +
    `outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24], ${outbound} }\n` +
    minimal('inbound', 'outbound');
  const told = (inbound: string, outbound: string) =>
    withSecret(hosts(inbound, outbound))
      .warnings.filter(({ path }) => path !== 'pair.secretFile')
      .map(({ path, problem, fix }) => [path, problem, fix]);
  const ownHostOnly = 'is reached from its own host only, so its partner will take it for dead';

  it('needs at least two intervals until a partner is dead', () => {
    const { faults } = readText(`pair: { secretFile: /nowhere, interval: 4s, deadAfter: 5s }\n${minimal()}`);
    expect(faults).to.have.length(1);
    expect(faults[0]).to.include({ path: 'pair.deadAfter', seen: '5s', fix: 'write 8s or more' });
  });

  it('is warned of when one gateway is on loopback and the other is not', () => {
    expect(told('http: "127.0.0.1:8025"', 'http: "10.0.0.3:8026"')).to.deep.equal([
      [
        'inbound.http',
        ownHostOnly,
        'write inbound.http: "10.0.0.2:8025" with an address of that host which its partner can reach',
      ],
    ]);
  });

  it('is warned of when both are, on what DNS says are two hosts', () => {
    const warned = told('addresses: [192.0.2.10]', 'addresses: [192.0.2.20]');
    expect(warned.map(([path]) => path)).to.deep.equal(['inbound.http', 'outbound.http']);
  });

  it('is not warned of when both are on one host, or are reached elsewhere', () => {
    expect(told('http: "127.0.0.1:8025"', 'http: "127.0.0.1:8026"')).to.deep.equal([]);
    expect(told('url: "https://in.internal"', 'http: "10.0.0.3:8026"')).to.deep.equal([]);
    expect(told('http: "0.0.0.0:8025"', 'http: "10.0.0.3:8026"')).to.deep.equal([]);
  });

  it('is warned of when there is no listener for it', () => {
    expect(
      told('http: none', 'http: "10.0.0.3:8026"').map(([path, problem]) => [path, problem]),
    ).to.deep.equal([['inbound.http', 'there is no HTTP listener for the heartbeats of the partner']]);
  });

  it('is warned of by the node that is meant, where a role has several', () => {
    const nodes =
      'nodes: [{ host: in1.x.test, url: "http://127.0.0.1:1" }, { host: in2.x.test, url: "https://10.0.0.2:1" }]';
    expect(told(nodes, 'http: "10.0.0.3:8026"').map(([path]) => path)).to.deep.equal([
      'inbound.nodes[0].url',
    ]);
  });

  it('is of no concern without a secret', () => {
    const { warnings } = readText(hosts('http: "127.0.0.1:8025"', 'http: "10.0.0.3:8026"'));
    expect(warnings).to.deep.equal([]);
  });
});
