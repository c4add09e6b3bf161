/** Real HAProxy before outbound: STARTTLS and implicit TLS behind the PROXY header, and who is trusted to relay. */
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { openPair, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { startHaproxy, type HaproxyProcess } from './haproxy-process.ts';
import { runMailpair } from './mailpair-command.ts';
import { needProgram } from './programs.ts';

const host = '127.0.0.1';
const proxy = [host];

describe('HAProxy before the submission listeners', () => {
  let pair: Pair;
  let haproxy: HaproxyProcess;
  let front: { mx: number; starttls: number; implicit: number };

  before(async function () {
    const path = needProgram(this, 'haproxy');
    const [mx, starttls, implicit, ...own] = (await freePorts(6)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    front = { mx, starttls, implicit };
    pair = await openPair({
      start: ['outbound'],
      config: {
        'outbound.addresses': [host],
        'outbound.trusted': ['127.4.0.0/24', host],
        'outbound.listen.mx': [{ address: `${host}:${own[0]}`, proxy }],
        'outbound.listen.submission': [
          { address: `${host}:${own[1]}`, proxy },
          { address: `${host}:${own[2]}`, tls: 'implicit', proxy },
        ],
      },
    });
    const config = runMailpair('balancer', 'haproxy', '--role', 'outbound', '--config', pair.configFile);
    const binds = { 25: `${host}:${mx}`, [own[1]]: `${host}:${starttls}`, [own[2]]: `${host}:${implicit}` };
    haproxy = await startHaproxy({ path, directory: pair.directory, config, binds });
    for (const backend of ['mx_25', `submission_${own[1]}`, `submission_${own[2]}`])
      await haproxy.until(`outbound_${backend}`, ([server]) => server!.status === 'UP');
    // Two checks of each have passed when they have been up for two intervals.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
  });

  after(async () => {
    await (haproxy as HaproxyProcess | undefined)?.close();
    await (pair as Pair | undefined)?.close();
  });

  it('checks pass on all of them, with TLS where that comes first, and leave no trace', async () => {
    expect(haproxy.log).not.to.match(/is DOWN|Health check .* failed/);
    const events = pair.outbound.log.map(({ event }) => event);
    expect(events.filter((event) => event.startsWith('session.'))).to.deep.equal([]);
  });

  it('a client in a trusted network relays, a stranger does not, whatever the balancer itself may', async () => {
    const ours = await SmtpClient.greet({ host, port: front.starttls, localAddress: '127.4.0.1' });
    expect((await ours.say('MAIL FROM:<a@example.com>')).code).to.equal(250);
    await ours.quit();
    const stranger = await SmtpClient.greet({ host, port: front.starttls, localAddress: '127.5.0.1' });
    expect((await stranger.say('MAIL FROM:<a@example.com>')).code).to.equal(530);
    await stranger.startTls();
    expect((await stranger.say('EHLO x')).code).to.equal(250);
    expect((await stranger.say('MAIL FROM:<a@example.com>')).code).to.equal(530);
    await stranger.quit();
  });

  it('TLS from the first octet goes through', async () => {
    const socket = connectTls({ host, port: front.implicit, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).to.match(/^220 mx-out\.example\.com/);
    socket.destroy();
  });
});
