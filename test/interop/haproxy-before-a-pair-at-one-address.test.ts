/** Real HAProxy, configured by "balancer haproxy --pair", before both gateways: mail from the internet, submission, and a failure. */
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { composeMessage } from '../support/messages.ts';
import { INBOUND, openPair, OUTBOUND, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { startHaproxy, type HaproxyProcess, type ServerState } from './haproxy-process.ts';
import { runMailpair } from './mailpair-command.ts';
import { needProgram } from './programs.ts';

const host = '127.0.0.1';
const proxy = [host];
const MX = 'pair_mx_25';

describe('HAProxy before a pair at one address', () => {
  let path: string;
  let pair: Pair;
  let haproxy: HaproxyProcess;
  let front: { mx: number; submission: number };

  beforeEach(function () {
    path = needProgram(this, 'haproxy');
  });

  async function open(...words: readonly string[]): Promise<void> {
    const ports = await freePorts(7);
    const [mx = 0, submission = 0, mxIn = 0, mxOut = 0, submissionOut = 0, agentIn = 0, agentOut = 0] = ports;
    front = { mx, submission };
    pair = await openPair({
      config: {
        'inbound.addresses': ['192.0.2.10'],
        'inbound.nodes': [{ host: INBOUND, addresses: [host] }],
        'inbound.listen': [{ address: `${host}:${mxIn}`, proxy }],
        'inbound.agent': `${host}:${agentIn}`,
        'outbound.addresses': ['192.0.2.10'],
        'outbound.nodes': [{ host: OUTBOUND, addresses: [host] }],
        'outbound.listen.mx': [{ address: `${host}:${mxOut}`, proxy }],
        'outbound.listen.submission': [{ address: `${host}:${submissionOut}`, proxy }],
        'outbound.agent': `${host}:${agentOut}`,
        'outbound.trusted': ['127.4.0.0/24'],
      },
    });
    const config = runMailpair('balancer', 'haproxy', '--pair', ...words, '--config', pair.configFile);
    const binds = { 25: `${host}:${mx}`, [submissionOut]: `${host}:${submission}` };
    haproxy = await startHaproxy({ path, directory: pair.directory, config, binds });
    await haproxy.until(MX, (servers) => servers.every(isUp));
    await haproxy.until(`outbound_submission_${submissionOut}`, (servers) => servers.every(isUp));
  }

  afterEach(async () => {
    await (haproxy as HaproxyProcess | undefined)?.close();
    await (pair as Pair | undefined)?.close();
  });

  const isUp = ({ status }: ServerState): boolean => status === 'UP';
  const isDown = (servers: readonly ServerState[]): boolean => servers[0]!.status.startsWith('DOWN');

  /** Who greets so many clients that are there at the same time. */
  async function greeters(count: number): Promise<string[]> {
    const clients: SmtpClient[] = [];
    for (let i = 0; i < count; i += 1) clients.push(await SmtpClient.greet({ host, port: front.mx }));
    const names = await Promise.all(
      clients.map(
        async ({ greeting }) => /mx-(?:in|out)\.example\.com/.exec((await greeting).text)?.[0] ?? '',
      ),
    );
    for (const client of clients) await client.quit();
    return names;
  }

  async function deliver(localAddress: string): Promise<string> {
    const sent = composeMessage('plain', { from: 'a@sender.test', to: ['anna@example.com'] });
    const client = await SmtpClient.greet({ host, port: front.mx, localAddress });
    await client.say(`MAIL FROM:<${sent.from}>`);
    await client.say(`RCPT TO:<${sent.to[0]}>`);
    expect((await client.data(sent.octets)).code).to.equal(250);
    await client.quit();
    await pair.local.until((deliveries) => deliveries.some(({ id }) => id === sent.id));
    return pair.local.deliveries.find(({ id }) => id === sent.id)!.head;
  }

  it('shares mail from the internet between both, and outbound has it when inbound dies', async () => {
    await open();
    expect(new Set(await greeters(8))).to.deep.equal(new Set([INBOUND, OUTBOUND]));
    expect(await deliver('127.5.0.1')).to.include('[127.5.0.1]');
    await pair.inbound.kill9();
    await haproxy.until(MX, isDown);
    expect(new Set(await greeters(4))).to.deep.equal(new Set([OUTBOUND]));
    expect(await deliver('127.5.0.2'))
      .to.include('[127.5.0.2]')
      .and.include(`by ${OUTBOUND}`);
  });

  it('keeps outbound for failure with --backup, and leads submission to outbound alone', async () => {
    await open('--backup');
    expect(new Set(await greeters(4))).to.deep.equal(new Set([INBOUND]));
    const client = await SmtpClient.greet({ host, port: front.submission, localAddress: '127.4.0.1' });
    expect((await client.greeting).text).to.include(OUTBOUND);
    expect((await client.say('MAIL FROM:<a@example.com>')).code).to.equal(250);
    await client.quit();
    await pair.inbound.kill9();
    await haproxy.until(MX, isDown);
    expect(new Set(await greeters(4))).to.deep.equal(new Set([OUTBOUND]));
  });
});
