import { describeSignIns } from '@mailpair/mailpair/status/sign-ins';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts, stored } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

describe('sign-ins in mailpair status', () => {
  const refused = Array.from({ length: 7 }, (_, n) => ({ network: `192.0.2.${n}` }));

  it('are not named while none failed, and of many that are refused the latest are', () => {
    expect(describeSignIns({ failedLastHour: 0, guessingClients: 0, refused: [] })).to.deep.equal([]);
    expect(describeSignIns(undefined)).to.deep.equal([]);
    expect(describeSignIns({ failedLastHour: 1, guessingClients: 1, refused })).to.deep.equal([
      '  sign-ins: 1 failed within the last hour, wrong passwords from 1 network',
      '  SIGN-INS ARE REFUSED: from 192.0.2.6, from 192.0.2.5, from 192.0.2.4, from 192.0.2.3, from 192.0.2.2 and 2 more',
    ]);
  });
});

describe('mailpair status', () => {
  let hosts: GatewayHosts;

  const run = (...argv: string[]): Promise<Said> => mailpair(['status', ...argv, '--config', hosts.config]);

  beforeEach(() => {
    hosts = new GatewayHosts();
    hosts.configure();
  });

  afterEach(() => hosts.close());

  it('shows a gateway that runs, its queue by next hop, rests and local servers', async () => {
    const { spool, rest, localServers } = await hosts.run('outbound');
    for (const { entry, body } of [
      stored('0A1'),
      stored('0A2'),
      stored('0B1', { to: ['x@example.org'], held: true }),
    ])
      await spool.add(entry, body);
    const noAnswer = { code: 451, enhanced: '4.4.1', text: 'No answer' };
    rest.unreachable('example.net', noAnswer, Date.now());
    const server = { host: 'mail.internal', port: 25, weight: 1 };
    localServers.failed(server, 'timeout', Date.now(), noAnswer);
    const { out } = await run();
    expect(out).to.include(
      'inbound mx-in.example.com: cannot be reached from this host (it is on another host, and ',
    );
    expect(out).to.include(
      '\noutbound mx-out.example.com: running\n' +
        '  sessions 3, attempts under way 0\n' +
        '  load 0.82: sessions 0.82, eventLoop 0.31; STRANGERS ARE SENT TO THE OTHER MX\n' +
        '  queue: 3 messages\n',
    );
    expect(out).to.include(
      '\n  sign-ins: 240 failed within the last hour, wrong passwords from 4 networks\n' +
        '  SIGN-INS ARE REFUSED: of bert from 192.0.2.9, of anna\\u202e from new networks, from 192.0.2.7\n',
    );
    expect(out).to.include('local server mail.internal:25: DOES NOT ANSWER, failures in a row 1 (timeout)');
    expect(out).to.include('certificate /etc/tls.pem expires in 10d');
    expect(out).to.include('\n  DNS list lying.test: SWITCHED OFF: lists the world; tested again in 1h\n');
    expect(out).to.not.include('sound.test');
    expect(out).to.include('(judge.mode: observe), by virus (mx, submission), dns-list\n');
    expect(out).to.include('\n  clamav at unix:/run/clamd: up, messages being looked at 3\n');
    expect(out).to.include('\n  clamav at 192.0.2.30:3310: DOWN for 1h, not asked: connect ECONNREFUSED\n');
    expect(out).to.match(/^ +example\.net +2 +\d+B +0 +1h +0A1 +59m +1[45]s: 451 4\.4\.1 No answer$/m);
    expect(out).to.match(/^ +relay\.example\.org:2525 +1 +\d+B +1 +1h +0B1 +held +-$/m);
  });

  it('shows the queue of a gateway that is stopped, and exits 1', async () => {
    await hosts.fill('outbound', stored('0A1'));
    const { code, out } = await run('--role', 'outbound');
    expect(code).to.equal(1);
    expect(out).to.match(/^outbound mx-out\.example\.com: STOPPED.*\n {2}queue: 1 message\n/m);
    expect(out).to.match(/^ +example\.net +1 /m);
  });

  it('tells of a gateway whose spool is elsewhere whether it answers', async () => {
    const { settings } = await hosts.run('outbound');
    const elsewhere = `127.0.0.1:${settings.outbound.http?.port}`;
    hosts.configure({ inbound: elsewhere });
    const { out } = await run('--json', '--role', 'inbound');
    const { gateways } = JSON.parse(out) as { gateways: { reason: string }[] };
    expect(gateways).to.have.length(1);
    expect(gateways[0]).to.include({ role: 'inbound', host: 'mx-in.example.com', state: 'alive' });
    expect(gateways[0]?.reason).to.include('pair.secretFile');
  });

  it('says in its first line what is worst, how to mend it, and how much more there is', async () => {
    const { localServers } = await hosts.run('outbound');
    const reply = { code: 554, enhanced: '5.7.1', text: 'Access \u001b denied' };
    localServers.failed({ host: 'mail.internal', port: 25, weight: 1 }, 'unavailable', Date.now(), reply);
    const { code, out } = await run('--role', 'outbound');
    expect(code).to.equal(1);
    expect(out.split('\n').slice(0, 3)).to.deep.equal([
      '2 faults: outbound mx-out.example.com: local server mail.internal:25 REFUSES this gateway: ' +
        '554 5.7.1 Access \\u001b denied: add this gateway to the clients whose mail the server takes, ' +
        'see "mailpair local-servers check"',
      '  fault: outbound mx-out.example.com: clamav at 192.0.2.30:3310 is down for 1h: connect ECONNREFUSED: ' +
        'start clamav there',
      '  notice: outbound mx-out.example.com: certificate /etc/tls.pem expires in 10d: renew it and send SIGHUP',
    ]);
    expect(out).to.include('\n  local server mail.internal:25: REFUSES this gateway: 554 5.7.1 Access');
    const { ok, faults } = JSON.parse((await run('--json', '--role', 'outbound')).out) as {
      ok: boolean;
      faults: Record<string, string>[];
    };
    expect(ok).to.equal(false);
    expect(faults[0]).to.include({ severity: 'critical', role: 'outbound', host: 'mx-out.example.com' });
  });

  it('exits 1 when no gateway can be reached', async () => {
    expect((await run()).code).to.equal(1);
  });

  it('gives the same as one JSON document', async () => {
    const { spool } = await hosts.run('outbound');
    const { entry, body } = stored('0A1');
    await spool.add(entry, body);
    const { gateways } = JSON.parse((await run('--json')).out) as { gateways: Record<string, unknown>[] };
    expect(gateways.map(({ role, state }) => [role, state])).to.deep.equal([
      ['inbound', 'unreachable'],
      ['outbound', 'running'],
    ]);
    expect(gateways[1]?.['status']).to.deep.include({
      sessions: 3,
      queue: { entries: 1, active: 0, damaged: 0, due: false },
      signIns: {
        failedLastHour: 240,
        guessingClients: 4,
        refused: [
          { network: '192.0.2.7' },
          { account: 'anna\u202e' },
          { network: '192.0.2.9', account: 'bert' },
        ],
      },
    });
    expect(gateways[1]?.['nextHops']).to.have.nested.property('[0].oldest.id', '0A1');
  });
});
