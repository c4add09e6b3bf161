/** Nothing of what the operator has outside survives in a rehearsal; how his pair is shaped does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keysOf, movePair, type RehearsedPair } from '@mailpair/proving/rehearse/planned-pair';
import { strays } from '@mailpair/proving/rehearse/strays';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';

const configuration = `
domains:
  - example.com
  - name: example.net
    localServers: ['mail2.internal:25']
    recipients: { verify: 'file: /nowhere/recipients' }
inbound:
  host: mx-in.example.com
  nodes:
    - { host: in1.example.com, addresses: [192.0.2.11, "2001:db8::11"], url: "https://10.0.0.11:8025" }
    - { host: in2.example.com, addresses: [192.0.2.12] }
  listen: ["198.51.100.1:25"]
  submission: ["10.0.0.2:587"]
  http: 10.0.0.2:8025
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20]
  listen: { submission: ["10.0.0.3:587", "10.0.0.3:465"], mx: ["192.0.2.20:25"] }
  trusted: [10.0.0.0/24]
  users: /nowhere/users
  spool: /srv/spool-of-the-operator
localServers:
  - { address: "mail.internal:25", weight: 3 }
  - { address: '[2001:db8::5]:25', weight: 2, tls: verify }
routes:
  partner.example: smtp://192.0.2.30:2525?tls=encrypt
  .lab.example: smtp://10.0.0.40
  relayed.example: { url: smtps://operator@relay.example, tls: verify, passwordFile: /nowhere/relay.password }
dns: { servers: [10.0.0.53] }
pair: { secretFile: /nowhere/pair.secret }
tls: { certFile: /nowhere/tls.crt, keyFile: /nowhere/tls.key }
limits: { connectionsPerClient: 30 }
smtp: { maxMessage: 10MB, bareLineEnds: normalise, greetingPause: 1s }
queue: { retryFirst: 10m, retryMax: 2h, expire: 4d, warnAfter: 30s, minFree: 2GB }
send: { idle: 7s }
`;
/** What must be found nowhere in what a rehearsal is made of. */
const outside =
  /192\.0\.2\.|198\.51|2001:db8|10\.0\.0\.|internal|\brelay\.example|\/nowhere\/|\/srv\/|\/etc\/|\/var\/|operator/;

describe('a pair that is moved to loopback', () => {
  let directory: string;
  let settings: Settings;
  let pair: RehearsedPair;
  let moved: Settings;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-move-'));
    const file = join(directory, 'planned.yaml');
    writeFileSync(file, configuration);
    const { settings: read, effective, faults } = readConfig({ file, env: {}, sets: [] });
    expect(faults).to.deep.equal([]);
    settings = read!;
    let port = 20_000;
    pair = movePair(settings, effective, {
      directory,
      spools: join(directory, 'spools'),
      network: '127.8.9',
      port: () => port++,
      secret: 'a secret of the rehearsal, made for it alone, so that nobody knows it',
      compression: 60,
      logLevel: 'warn',
    });
    for (const [path, content] of pair.files) writeFileSync(path, content, { mode: 0o600 });
    const movedFile = join(directory, 'moved.yaml');
    writeFileSync(movedFile, JSON.stringify(pair.config));
    const reading = readConfig({ file: movedFile, env: {}, sets: [] });
    expect(reading.faults).to.deep.equal([]);
    moved = reading.settings!;
    expect(reading.effective.flatMap(({ raw }) => strays(raw, directory))).to.deep.equal([]);
  });

  after(() => rmSync(directory, { recursive: true }));

  it('has nothing of the real addresses, hosts, accounts and files in it', () => {
    expect(configuration).to.match(outside);
    const everything = [
      pair.config,
      [...pair.files],
      [...pair.zone],
      pair.nodes,
      pair.localServers,
      pair.nextHops,
      pair.nodes.map((node) => keysOf(node, pair)),
    ];
    expect(JSON.stringify(everything)).to.not.match(outside);
  });

  it('keeps domains, names, weights, limits and the ways recipients are known', () => {
    expect(moved.domains.map(({ name, verify }) => [name, verify.by])).to.deep.equal([
      ['example.com', 'callforward'],
      ['example.net', 'file'],
    ]);
    expect(moved.domains[0]!.localServers.map(({ weight }) => weight)).to.deep.equal([3, 2]);
    expect(moved.inbound.nodes.map(({ host }) => host)).to.deep.equal(['in1.example.com', 'in2.example.com']);
    expect([moved.inbound.host, moved.outbound.host]).to.deep.equal([
      settings.inbound.host,
      settings.outbound.host,
    ]);
    expect(moved.limits).to.deep.equal(settings.limits);
    expect(moved.smtp).to.deep.equal(settings.smtp);
    expect(moved.send).to.deep.equal(settings.send);
    expect(moved.inbound.listen.submission).to.have.length(1);
  });

  it('keeps the routes in shape: names stay names, addresses addresses, and TLS that is insisted on', () => {
    const shape = [...moved.routes].slice(0, 3).map(([domain, { host, tls, implicitTls, auth }]) => ({
      domain,
      host: host.replace(/\d+/g, 'N'),
      tls,
      implicitTls,
      auth: auth !== undefined,
    }));
    expect(shape).to.deep.equal([
      { domain: 'partner.example', host: 'N.N.N.N', tls: 'encrypt', implicitTls: false, auth: false },
      { domain: '.lab.example', host: 'N.N.N.N', tls: 'opportunistic', implicitTls: false, auth: false },
      {
        domain: 'relayed.example',
        host: 'hopN.rehearsal.test',
        tls: 'encrypt',
        implicitTls: true,
        auth: true,
      },
    ]);
    expect(pair.nextHops.map(({ tls }) => tls)).to.deep.equal(['starttls', 'none', 'implicit', 'none']);
    expect(pair.localServers.map(({ tls }) => tls)).to.deep.equal(['none', 'starttls', 'none']);
  });

  it('runs the clocks of the queue faster, and those with a least value no faster than that', () => {
    const { retryFirstMs, retryMaxMs, expireMs, warnAfterMs } = moved.queue;
    expect({ retryFirstMs, retryMaxMs, expireMs, warnAfterMs }).to.deep.equal({
      retryFirstMs: 10_000,
      retryMaxMs: 120_000,
      expireMs: (4 * 86_400_000) / 60,
      warnAfterMs: 1000,
    });
  });

  it('is found by MX as planned, each name at all of its nodes', () => {
    for (const domain of ['example.com', 'example.net'])
      expect(pair.zone.get(domain)?.MX).to.deep.equal([
        { preference: 10, exchange: 'mx-in.example.com' },
        { preference: 20, exchange: 'mx-out.example.com' },
      ]);
    const addressesOf = (role: string) =>
      pair.nodes.filter((node) => node.role === role).map(({ address }) => address);
    expect(pair.zone.get('mx-in.example.com')?.A).to.deep.equal(addressesOf('inbound')).and.to.have.length(2);
    expect(pair.zone.get('mx-out.example.com')?.A).to.deep.equal(addressesOf('outbound'));
  });

  it('gives every node spool and listeners of its own', () => {
    const words = pair.nodes.flatMap((node) => keysOf(node, pair)).filter((key) => !key.startsWith('node='));
    expect(new Set(words).size).to.equal(words.length);
    expect(words.filter((key) => key.startsWith('inbound.submission='))).to.have.length(2);
  });

  it('says what is not as planned', () => {
    expect(pair.notes.join('\n')).to.include('IPv6').and.include('MX look-ups').and.include('not verified');
  });
});

describe('strays', () => {
  const here = '/tmp/rehearsal';
  for (const [value, found] of [
    ['127.8.9.1:25', []],
    ['smtp://local1.rehearsal.test:2525?tls=none', []],
    [['127.0.0.0/24', { a: new Map([['b', '/tmp/rehearsal/pair.secret']]) }], []],
    ['4h', []],
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.1:25', ['192.0.2.1']],
    ['0.0.0.0:25', ['0.0.0.0']],
    ['[2001:db8::1]:25', ['2001:db8::1']],
    ['10.0.0.0/24', ['10.0.0.0']],
    ['http://192.0.2.7:8025', ['192.0.2.7']],
    ['mail.internal:25', ['mail.internal']],
    ['smtps://me@relay.example:465', ['relay.example']],
    ['/var/spool/mailpair-inbound', ['/var/spool/mailpair-inbound']],
    ['file: /nowhere/recipients', ['/nowhere/recipients']],
    ['/tmp/rehearsal-of-another/x', ['/tmp/rehearsal-of-another/x']],
    [new Map([['*', { url: 'smtp://192.0.2.9' }]]), ['192.0.2.9']],
  ] as const)
    it(`in ${value instanceof Map ? 'a mapping' : JSON.stringify(value)}: ${found.join() || 'none'}`, () => {
      expect([...new Set(strays(value, here))]).to.deep.equal(found);
    });
});
