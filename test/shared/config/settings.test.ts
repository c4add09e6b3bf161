import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { ConfigError, loadSettings } from '@mailpair/shared/config/read/load-settings';
import { inDirectory, minimal, readText } from './reading.ts';

const example = new URL('../../../packages/shared/mailpair.example.yaml', import.meta.url).pathname;

function settingsOf(text: string) {
  const { settings, faults } = readText(text);
  expect(faults).to.deep.equal([]);
  return settings!;
}

describe('settings', () => {
  it('have the documented defaults', () => {
    const { smtp, limits, queue, send, recipients, dns, log, shutdownTimeoutMs, inbound, tls } =
      settingsOf(minimal());
    const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
    expect(smtp).to.deep.equal({
      bareLineEnds: 'reject',
      maxMessageBytes: 50 * 1024 * 1024,
      maxRecipients: 1000,
      maxHops: 100,
      greetingPauseMs: 0,
      earlyTalkers: 'refuse',
      commandTimeoutMs: 5 * minute,
      messageTimeoutMs: 15 * minute,
    });
    expect(limits).to.deep.equal({
      connections: 1000,
      connectionsPerClient: 50,
      connectionsPerNetwork: 200,
      connectionsPerUser: 50,
      errors: 20,
      commands: 100,
      memoryPerMessageBytes: 256 * 1024,
      memoryForMessagesBytes: 128 * 1024 * 1024,
      memoryBytes: 0,
    });
    expect(queue).to.deep.equal({
      retryFirstMs: 5 * minute,
      retryFactor: 2,
      retryMaxMs: hour,
      warnAfterMs: 4 * hour,
      expireMs: 5 * day,
      minFreeBytes: 100 * 1024 * 1024,
    });
    expect(send).to.deep.equal({
      connectionsPerHop: 20,
      connectionsTotal: 500,
      connectTimeoutMs: 30 * second,
      commandTimeoutMs: 5 * minute,
      messageTimeoutMs: 10 * minute,
      relayTimeoutMs: minute,
      privateDestinations: [],
      idleMs: 30 * second,
      messagesPerConnection: 1000,
      chunking: 'auto',
      tls: 'opportunistic',
    });
    expect(recipients).to.deep.equal({
      positiveTtlMs: 7 * day,
      negativeTtlMs: hour,
      timeoutMs: 10 * second,
    });
    expect([dns.servers, dns.timeoutMs, log, shutdownTimeoutMs]).to.deep.equal([
      [],
      5 * second,
      { level: 'info' },
      30 * second,
    ]);
    expect([inbound.workers, inbound.http]).to.deep.equal(['auto', { host: '127.0.0.1', port: 8025 }]);
    expect(tls).to.deep.equal({ certFile: null, keyFile: null, minVersion: 'TLSv1.2' });
  });

  it('give a domain the servers and recipients of the top level unless it has its own', () => {
    const { domains } = settingsOf(`
domains:
  - Bücher.example
  - { name: b.test, localServers: ["[2001:DB8::5]:2525"], recipients: { verify: none } }
  - { name: c.test, recipients: { verify: { file: /nowhere/list } } }
recipients: { verify: "file:/nowhere/all" }
${minimal('domains')}`);
    const usual = { host: 'mail.internal', port: 25, weight: 1, tls: 'opportunistic', implicitTls: false };
    expect(domains).to.deep.equal([
      { name: 'xn--bcher-kva.example', localServers: [usual], verify: { by: 'file', path: '/nowhere/all' } },
      {
        name: 'b.test',
        localServers: [{ ...usual, host: '2001:db8::5', port: 2525 }],
        verify: { by: 'none' },
      },
      { name: 'c.test', localServers: [usual], verify: { by: 'file', path: '/nowhere/list' } },
    ]);
  });

  it('need no local servers at the top level when every domain has its own', () => {
    const { domains } = settingsOf(
      `domains: [{ name: a.test, localServers: ["h:2525"] }]\n${minimal('domains', 'localServers')}`,
    );
    expect(domains[0]?.localServers[0]).to.include({ host: 'h', port: 2525 });
  });

  it('read a local server with all it can have', () => {
    const { domains } = settingsOf(
      `localServers: [{ address: "h:465", weight: 3, tls: verify, implicitTls: true }, plain]\n${minimal('localServers')}`,
    );
    expect(domains[0]?.localServers).to.deep.equal([
      { host: 'h', port: 465, weight: 3, tls: 'verify', implicitTls: true },
      { host: 'plain', port: 25, weight: 1, tls: 'opportunistic', implicitTls: false },
    ]);
  });

  it('put TLS first on submission port 465 only, unless the listener says otherwise', () => {
    const { outbound, inbound } = settingsOf(`
inbound: { host: mx-in.example.com, listen: ["0.0.0.0:465"], http: none, workers: 3 }
outbound:
  host: mx-out.example.com
  trusted: ["::ffff:10.0.0.0/104", "fc00::/8", 100.64.0.0/10, 198.51.100.0/24]
  listen:
    submission: ["[::FFFF:10.0.0.3]:465", { address: "10.0.0.3:466", tls: implicit }, { address: "10.0.0.3:25", tls: none }]
    mx: []
${minimal('inbound', 'outbound')}`);
    expect(inbound).to.deep.include({ http: null, workers: 3 });
    expect(inbound.listen.mx).to.deep.equal([{ host: '0.0.0.0', port: 465, tls: 'starttls' }]);
    expect(outbound.listen).to.deep.equal({
      submission: [
        { host: '10.0.0.3', port: 465, tls: 'implicit' },
        { host: '10.0.0.3', port: 466, tls: 'implicit' },
        { host: '10.0.0.3', port: 25, tls: 'none' },
      ],
      mx: [],
    });
    expect(outbound.trusted).to.deep.equal(['10.0.0.0/8', 'fc00::/8', '100.64.0.0/10', '198.51.100.0/24']);
  });

  it('read routes as URLs or mappings, with TLS for every password', () => {
    const { routes } = settingsOf(`
routes:
  Plain.test: smtp://h
  .sub.test: smtp://[2001:db8::9]:2525?tls=none
  implicit.test: smtps://h
  relay.test: { url: "smtp://me@example.org@h:587", passwordFile: /nowhere/p }
  local.test: { url: "smtp://me@127.0.0.1", tls: none, passwordFile: /nowhere/p }
${minimal()}`);
    const auth = { user: 'me', passwordFile: '/nowhere/p' };
    expect([...routes]).to.deep.equal([
      ['plain.test', { host: 'h', port: 25, tls: 'opportunistic', implicitTls: false }],
      ['.sub.test', { host: '2001:db8::9', port: 2525, tls: 'none', implicitTls: false }],
      ['implicit.test', { host: 'h', port: 465, tls: 'encrypt', implicitTls: true }],
      [
        'relay.test',
        {
          host: 'h',
          port: 587,
          tls: 'encrypt',
          implicitTls: false,
          auth: { ...auth, user: 'me@example.org' },
        },
      ],
      ['local.test', { host: '127.0.0.1', port: 25, tls: 'none', implicitTls: false, auth }],
    ]);
  });

  it('may listen on any free port more than once', () => {
    const { inbound } = settingsOf(
      `inbound: { host: mx-in.example.com, listen: ["127.0.0.1:0", "127.0.0.1:0"] }\n${minimal('inbound')}`,
    );
    expect(inbound.listen.mx).to.have.length(2);
  });

  it('are all that the shipped example says, but for files that are not on this host', () => {
    const text = readFileSync(example, 'utf8').replaceAll('/etc/mailpair/', '/nowhere/');
    const { faults, warnings, settings } = readText(text);
    expect(faults).to.deep.equal([]);
    expect(warnings.filter(({ problem }) => !problem.endsWith('does not exist'))).to.deep.equal([]);
    expect(settings?.domains.map(({ name }) => name)).to.deep.equal([
      'example.com',
      'example.org',
      'example.net',
    ]);
  });

  it('are loaded, or all faults are thrown as one message', () => {
    inDirectory((directory) => {
      const file = join(directory, 'mailpair.yaml');
      writeFileSync(file, minimal());
      expect(loadSettings({ file, env: {}, sets: [] }).inbound.host).to.equal('mx-in.example.com');
      expect(() => loadSettings({ file, env: {}, sets: ['send.idle=5', 'log.level=no'] }))
        .to.throw(ConfigError)
        .that.satisfies(
          ({ message }: Error) =>
            message.startsWith(`${file}: 2 faults\nsend.idle: is a duration without a unit (--set)\n`) &&
            message.includes('write 5s') &&
            message.includes('log.level'),
        );
    });
  });

  it('are loaded with warnings told to whom asks for them', () => {
    const told: string[] = [];
    inDirectory((directory) => {
      const file = join(directory, 'mailpair.yaml');
      writeFileSync(file, minimal());
      loadSettings({ file, env: {}, sets: ['smtp.maxRecipients=5'] }, ({ path }) => told.push(path));
    });
    expect(told).to.deep.equal(['smtp.maxRecipients']);
  });
});
