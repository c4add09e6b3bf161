/**
 * The guides of `mailpair smarthost`, applied to the real servers: what is printed is run by root on a machine that Debian's
 * packages were installed on, with a user name and a file with its password as arguments.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { runCommand } from '../support/commands.ts';
import { startDns, type DnsZone, type TestDns } from '../support/dns-server.ts';
import { composeMessage, type TestMessage } from '../support/messages.ts';
import { INBOUND, openPair, OUTBOUND, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { SmtpClient, type Reply, type Target } from '../support/smtp-client.ts';
import { needMachine } from './machine.ts';
import type { MailServer } from './mail-server.ts';
import { cases } from './smarthost-cases.ts';

const GATEWAYS = { in: '127.0.0.11', out: '127.0.0.12' } as const;
const LOCAL = '127.0.0.30';
const STRANGER = '127.0.0.66';
const RESOLVER = '127.0.0.153';
const PASSWORD = 'geheim$1^:"x';

for (const [
  name,
  { packages, server, open, configuration, refusal, fallsBack, submission },
] of Object.entries(cases))
  describe(`${name} pointed at the pair by "mailpair smarthost ${server}"`, () => {
    let directory: string;
    let pair: Pair;
    let dns: TestDns;
    let local: MailServer;
    let untouched: string;

    before(async function () {
      needMachine(this, packages);
      directory = mkdtempSync(join(tmpdir(), 'mailpair-smarthost-'));
      const ports = await freePorts(5);
      const { cert, key } = await selfSigned([OUTBOUND, INBOUND]);
      writeFileSync(join(directory, 'tls.crt'), cert);
      writeFileSync(join(directory, 'tls.key'), key, { mode: 0o600 });
      writeFileSync(join(directory, 'users'), `local:${await hashPassword(PASSWORD)}\n`, { mode: 0o600 });
      const [mx, mxSubmission, backup, port, submissionPort] = ports as [
        number,
        number,
        number,
        number,
        number,
      ];
      const zone: DnsZone = {
        [INBOUND]: { A: [GATEWAYS.in] },
        [OUTBOUND]: { A: [GATEWAYS.out] },
        // The stranger's domain, which some servers want to exist.
        'example.net': { MX: [[10, 'mx.example.net']] },
        'mx.example.net': { A: [STRANGER] },
      };
      dns = await startDns(zone, { host: RESOLVER, port: 53 });
      pair = await openPair({
        zone,
        config: {
          'inbound.addresses': [GATEWAYS.in],
          'inbound.sourceAddresses': [GATEWAYS.in],
          'inbound.listen': [`${GATEWAYS.in}:${mx}`],
          'inbound.submission': [`${GATEWAYS.in}:${mxSubmission}`],
          'outbound.addresses': [GATEWAYS.out],
          'outbound.sourceAddresses': [GATEWAYS.out],
          'outbound.listen.mx': [`${GATEWAYS.out}:${backup}`],
          'outbound.listen.submission': [`${GATEWAYS.out}:${mxSubmission}`],
          'outbound.trusted': [],
          'outbound.users': join(directory, 'users'),
          'submitters.servers': ['local'],
          'tls.certFile': join(directory, 'tls.crt'),
          'tls.keyFile': join(directory, 'tls.key'),
          localServers: [`${LOCAL}:${port}`],
        },
      });
      local = await open({
        name: 'mail.example.com',
        domain: 'example.com',
        users: { anna: 'annas-own' },
        address: LOCAL,
        port,
        submissionPort,
        resolver: RESOLVER,
        trust: [cert],
      });
      untouched = await digest();
      gateway = { in: { host: GATEWAYS.in, port: mx }, out: { host: GATEWAYS.out, port: backup } };
      await apply(['--user', 'local', '--password-file', '/root/password']);
    });

    after(async () => {
      // Undefined when skipped, or when one of them did not start.
      await (local as MailServer | undefined)?.close();
      await (pair as Pair | undefined)?.close();
      await (dns as TestDns | undefined)?.close();
      if (directory as string | undefined) rmSync(directory, { recursive: true });
    });

    let gateway: Readonly<Record<'in' | 'out', Target>>;

    /** What is printed: all of it as an administrator gives it to a shell, and the commands that undo it. */
    async function guide(): Promise<{ apply: string; undo: string }> {
      const command = join(checkout, 'packages/outbound-gateway/src/mailpair.ts');
      const words = [command, 'smarthost', server, '--config', pair.configFile];
      const { code, stdout, stderr } = await runCommand(process.execPath, words);
      expect(code, stderr).to.equal(0);
      const undo = /^# == To undo ==\n((?:#.*\n)*)/m.exec(stdout)?.[1] ?? '';
      const commands = undo.split('\n').filter((line) => line.startsWith('#     '));
      return { apply: stdout, undo: commands.map((line) => line.slice(6)).join('\n') };
    }

    /** Runs the guide as a script. @returns it */
    async function apply(args: readonly string[]): Promise<string> {
      const script = (await guide()).apply;
      await local.machine.write('/root/password', `${PASSWORD}\n`, 0o600);
      await local.machine.write('/root/guide.sh', script);
      await local.machine.sh(`sh /root/guide.sh ${args.join(' ')}`);
      await local.listening();
      return script;
    }

    async function undo(): Promise<void> {
      await local.machine.sh((await guide()).undo);
      await local.listening();
    }

    /** Of every file of the configuration that is not made of others. */
    const digest = async (): Promise<string> => {
      const files = await local.machine.sh(
        `cd ${configuration}; find . -type f ! -empty -exec sha256sum {} +`,
      );
      return files
        .split('\n')
        .filter(
          (line) =>
            !/\.db$|\.cf(\.old|\.errors)?$|databases|\.bak$|\/Makefile$/.test(line) ||
            line.endsWith('/main.cf'),
        )
        .sort((a, b) => a.slice(64).localeCompare(b.slice(64)))
        .join('\n');
    };

    async function sendAsUser(to: string): Promise<TestMessage> {
      const message = composeMessage('plain', { from: 'anna@example.com', to: [to] });
      if (!submission) {
        await local.send(message);
        return message;
      }
      const client = await SmtpClient.greet({
        host: LOCAL,
        port: local.submissionPort,
        localAddress: STRANGER,
      });
      await client.startTls();
      await client.say('EHLO client.test');
      const login = Buffer.from('\0anna\0annas-own').toString('base64');
      expect(await client.say(`AUTH PLAIN ${login}`)).to.include({ code: 235 });
      expect(await client.say('MAIL FROM:<anna@example.com>')).to.include({ code: 250 });
      const taken = await client.say(`RCPT TO:<${to}>`);
      expect(taken, taken.text).to.include({ code: 250 });
      expect(await client.data(message.octets)).to.include({ code: 250 });
      await client.quit();
      return message;
    }

    /** How the message came to the internet: what the pair's Received field says. */
    async function outside({ id }: TestMessage): Promise<string> {
      const found = (): string | undefined => pair.internet.deliveries.find((each) => each.id === id)?.head;
      try {
        await pair.internet.until(() => found() !== undefined, 30_000);
      } catch (error) {
        const [queue, log] = [await local.queue(), await local.log()];
        throw new Error(`${(error as Error).message}\n${queue}\n${log.slice(-4000)}`, { cause: error });
      }
      return (/^Received: .*?\r?\n(?![ \t])/ms.exec(found()!)?.[0] ?? '').replaceAll(/\s+/g, ' ');
    }

    async function offer(target: Target, to: string): Promise<Reply> {
      const client = await SmtpClient.greet({ ...target, localAddress: STRANGER });
      await client.say('MAIL FROM:<stranger@example.net>');
      const reply = await client.say(`RCPT TO:<${to}>`);
      const { octets } = composeMessage('plain', { from: 'stranger@example.net', to: [to] });
      const end = reply.code === 250 ? await client.data(octets) : reply;
      await client.quit();
      return end;
    }

    it('sends what its users write by outbound, over TLS and logged in', async () => {
      const received = await outside(await sendAsUser('friend@example.net'));
      expect(received).to.match(/ by mx-out\.example\.com .*with ESMTPSA /);
      const { submitters } = (await pair.get('outbound', '/api/submitters')) as {
        submitters: { name: string }[];
      };
      // Some put their own name before the domain of a user.
      expect(submitters.map(({ name }) => name).join()).to.match(/^anna@(mail\.)?example\.com$/);
    });

    for (const way of ['in', 'out'] as const)
      it(`takes mail of the internet that comes by mx-${way}`, async () => {
        const there = (await local.mailbox('anna')).length;
        const { code, text } = await offer(gateway[way], 'anna@example.com');
        expect(code, text).to.equal(250);
        const arrived = (await local.until('anna', there + 1)).at(-1)!;
        expect(arrived.replaceAll(/\s+/g, ' ')).to.include(`by mx-${way}.example.com`);
      });

    for (const recipient of ['anna@example.com', 'postmaster@example.com', 'nosuchuser@example.com'])
      it(`refuses a stranger who brings mail for ${recipient} past the pair, and says why`, async () => {
        const there = (await local.mailbox('anna')).length;
        const { code, text } = await offer({ host: LOCAL, port: local.port }, recipient);
        expect(code, text).to.equal(refusal);
        expect(text).to.match(/^5\.7\.1 /);
        expect(text.replaceAll('\n5.7.1 ', ' ')).to.include(
          'Mail for this server comes by mx-in.example.com and mx-out.example.com only',
        );
        expect(await local.mailbox('anna')).to.have.length(there);
      });

    it('answers both gateways well, as "mailpair local-servers check" tells', async () => {
      const command = join(checkout, 'packages/outbound-gateway/src/mailpair.ts');
      const words = [command, 'local-servers', 'check', '--recipient', 'anna@example.com'];
      const { code, stdout, stderr } = await runCommand(process.execPath, [
        ...words,
        '--config',
        pair.configFile,
      ]);
      expect(code, stdout + stderr).to.equal(0);
      for (const address of Object.values(GATEWAYS)) expect(stdout).to.include(` from ${address} `);
    });

    it('is no relay for the pair, whose unknown recipients it still refuses itself', async () => {
      expect(await offer(gateway.in, 'nosuchuser@example.com')).to.include({ code: 550 });
    });

    it(
      fallsBack
        ? 'sends by inbound while outbound is away'
        : 'keeps its mail while outbound is away, and sends it when it is back',
      async () => {
        await pair.outbound.stop();
        const message = await sendAsUser('friend@example.net');
        if (fallsBack) expect(await outside(message)).to.match(/ by mx-in\.example\.com .*with ESMTPSA /);
        // OpenSMTPD says last what the attempt came to.
        else while (!/friend@example\.net.*\|pending\|\d+\|\S/.test(await local.queue())) await sleep(100);
        await pair.outbound.start();
        if (fallsBack) return;
        await local.flush();
        expect(await outside(message)).to.match(/ by mx-out\.example\.com /);
      },
    );

    it('undone, is as it was', async () => {
      await undo();
      expect(await digest()).to.equal(untouched);
      expect(await offer({ host: LOCAL, port: local.port }, 'anna@example.com')).to.include({ code: 250 });
    });

    it('needs no password where its network is trusted', async () => {
      pair.configure({ 'outbound.trusted': ['127.0.0.1/32'], 'outbound.users': undefined });
      await Promise.all([pair.inbound.stop(), pair.outbound.stop()]);
      await Promise.all([pair.inbound.start(), pair.outbound.start()]);
      expect(await apply([])).not.to.include('password');
      const received = await outside(await sendAsUser('friend@example.net'));
      // Exim remembers for a while that outbound was away.
      expect(received).to.match(/ by mx-(out|in)\.example\.com .*with ESMTPS /);
    });

    it('may be pointed twice without harm', async () => {
      await apply([]);
      await outside(await sendAsUser('friend@example.net'));
      await undo();
      expect(await digest()).to.equal(untouched);
    });
  });
