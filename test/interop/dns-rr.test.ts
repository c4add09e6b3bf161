/**
 * `balancer dns-rr` between real inbound gateways and a real name server: senders that go by what the name server says
 * lose nothing, whatever happens to either. Two nodes of one role, each a process on a loopback address of its own.
 */
import { writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import { createRecordServer } from '@mailpair/planner/dns-rr/record-server';
import { expect } from 'chai';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { runCommand } from '../support/commands.ts';
import { gatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { newSecret } from '../support/heartbeat.ts';
import { countMail } from '../support/ledger.ts';
import { composeMessage } from '../support/messages.ts';
import { INBOUND, openPair, type ConfigKeys, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { rejection } from '../support/rejection.ts';
import { openSenders, type Senders } from '../support/senders.ts';
import { FIRST, SECOND, SECRET, kinds } from './dns-rr-servers.ts';
import { printFigures } from './figures.ts';
import { startDnsRr, type DnsRrProcess } from './dns-rr-process.ts';
import type { NameServer } from './name-server.ts';
import { openHealth } from './stated-health.ts';

for (const kind of kinds)
  describe(`balancer dns-rr with ${kind.name}`, () => {
    let pair: Pair;
    let nameServer: NameServer;
    let port: number;
    let nodes: readonly [GatewayProcess, GatewayProcess];
    let senders: Senders;
    let asked: Resolver;
    const running: DnsRrProcess[] = [];
    const closing: (() => unknown)[] = [];

    const published = async (): Promise<string[]> => (await asked.resolve4(INBOUND)).sort();

    function start(...args: readonly string[]): DnsRrProcess {
      const started = startDnsRr(pair.configFile, ...args);
      running.push(started);
      return started;
    }

    const main = join(checkout, 'packages/mailpair/src/main.ts');
    const once = (...args: readonly string[]) =>
      runCommand(process.execPath, [
        main,
        'balancer',
        'dns-rr',
        '--once',
        '--config',
        pair.configFile,
        ...args,
      ]);

    /** Mail by what the name server says, while something else goes on; all of it arrives. */
    async function sendDuring(what: () => Promise<unknown>): Promise<void> {
      const count = 10;
      const message = () => composeMessage('plain', { from: 'bert@sender.test', to: ['anna@example.com'] });
      senders.send(...Array.from({ length: count }, message));
      await what();
      senders.send(...Array.from({ length: count }, message));
      await senders.idle();
      const { lost, duplicated, arrived, sent } = countMail(senders.sent, pair.local.deliveries);
      expect({ lost, duplicated, arrived }).to.deep.equal({ lost: 0, duplicated: 0, arrived: sent });
    }

    before(async function () {
      kind.need(this);
      nameServer = await kind.open();
      closing.push(() => nameServer.close());
      pair = await openPair({ start: [] });
      closing.push(() => pair.close());
      const [mx, http1, http2] = (await freePorts(3)) as [number, number, number];
      port = mx;
      const keyFile = join(pair.directory, 'dns.key');
      writeFileSync(keyFile, kind.keyFile, { mode: 0o600 });
      const node = (host: string, address: string, http: number) => ({
        config: { host, addresses: [address], url: `http://127.0.0.1:${http}` },
        args: [
          `node=${host}`,
          `inbound.listen=["${address}:${mx}"]`,
          `inbound.http=127.0.0.1:${http}`,
          `inbound.spool=${join(pair.directory, host)}`,
        ].flatMap((set) => ['--set', set]),
      });
      const both = [node('in1.example.com', FIRST, http1), node('in2.example.com', SECOND, http2)];
      const secretFile = join(pair.directory, 'pair.secret');
      writeFileSync(secretFile, newSecret(), { mode: 0o600 });
      const keys: ConfigKeys = {
        'pair.secretFile': secretFile,
        'inbound.nodes': both.map(({ config }) => config),
        'inbound.listen': [`127.0.0.1:${mx}`],
        'dns.update': {
          ...{ server: nameServer.address, keyFile, ttl: '1s', interval: '1500ms', check: '100ms' },
          look: Object.fromEntries([FIRST, SECOND].map((address) => [address, `${address}:${mx}`])),
        },
      };
      pair.configure(keys);
      const processes = both.map(({ args }) =>
        gatewayProcess({ role: 'inbound', configFile: pair.configFile, args }),
      );
      nodes = processes as unknown as typeof nodes;
      closing.push(() => Promise.all(nodes.map((gateway) => gateway.kill9())));
      await Promise.all(nodes.map((gateway) => gateway.start()));
      asked = new Resolver();
      asked.setServers([nameServer.address]);
      let known: string[] = [];
      senders = openSenders({
        // As by a resolver that keeps what it was told while the name server is away.
        async targets() {
          known = await published().catch(() => known);
          return known.map((host) => ({ host, port }));
        },
        parallel: 2,
      });
      closing.push(() => senders.close());
    });

    beforeEach(async () => {
      for (const gateway of nodes) if (!gateway.isRunning) await gateway.start();
      const restored = await once('--restore');
      expect(restored.code, restored.stderr).to.equal(0);
      expect(await published()).to.deep.equal([FIRST, SECOND]);
    });

    afterEach(async () => {
      for (const each of running.splice(0)) await each.stop();
    });

    after(async () => {
      for (const close of closing.toReversed()) await close();
    });

    it('withdraws a node that was killed, and takes it back after its recovery, while mail flows', async () => {
      const dnsRr = start();
      await dnsRr.until(({ event }) => event === 'balancer.started');
      await sendDuring(async () => {
        await nodes[1].kill9();
        await dnsRr.until(({ event }) => event === 'node.dead');
        await dnsRr.until(
          ({ event, addresses }) => event === 'records.updated' && String(addresses) === FIRST,
        );
        expect(await published()).to.deep.equal([FIRST]);
      });
      const known = dnsRr.news.length;
      await nodes[1].start();
      await dnsRr.until(({ event, node }) => event === 'node.back' && node === 'in2.example.com', known);
      const isBack = ({ event, addresses }: { event: string; addresses?: unknown }): boolean =>
        event === 'records.updated' && String(addresses).includes(SECOND);
      await dnsRr.until(isBack, known);
      expect(await published()).to.include(SECOND);
      await sendDuring(() => Promise.resolve());
    });

    it('gives each node its share of the answers by its headroom', async () => {
      const healths = await Promise.all([openHealth(0.2), openHealth(0.6)]);
      try {
        const nodeAt = (host: string, address: string, index: 0 | 1) => ({
          host,
          addresses: [address],
          url: healths[index].url,
        });
        const dnsRr = start(
          '--set',
          `inbound.nodes=${JSON.stringify([nodeAt('in1.example.com', FIRST, 0), nodeAt('in2.example.com', SECOND, 1)])}`,
        );
        await dnsRr.until(({ event }) => event === 'records.updated');
        const share = { [FIRST]: 0, [SECOND]: 0 };
        let presence = 0;
        let looks = 0;
        const begun = dnsRr.news.length;
        for (const endsAt = Date.now() + 21 * 1_500; Date.now() < endsAt; looks += 1) {
          const set = await published();
          for (const address of set) share[address as typeof FIRST] += 1 / set.length;
          presence += set.includes(SECOND) ? 1 : 0;
          await sleep(50);
        }
        const updates = dnsRr.news.slice(begun).filter(({ event }) => event === 'records.updated').length;
        printFigures(
          `${kind.name}: headroom 0.8 to 0.4 gave shares ${(share[FIRST] / looks).toFixed(3)} to ` +
            `${(share[SECOND] / looks).toFixed(3)}, the weaker present ${(presence / looks).toFixed(3)} of the time, ` +
            `${updates} updates in 21 slots`,
        );
        expect(share[FIRST] / looks).to.be.closeTo(2 / 3, 0.06);
        expect(share[SECOND] / looks).to.be.closeTo(1 / 3, 0.06);
        expect(updates).to.be.within(1, 21);
        expect(dnsRr.news.map(({ event }) => event)).to.not.include('records.foreign');
      } finally {
        for (const health of healths) health.closeAllConnections();
        for (const health of healths) health.close();
      }
    });

    it('tells of a wrong key, changes nothing, and mail flows', async () => {
      const before = await published();
      const keyFile = join(pair.directory, 'wrong.key');
      writeFileSync(keyFile, kind.keyFile.replace(SECRET, Buffer.from('another').toString('base64')), {
        mode: 0o600,
      });
      const dnsRr = start('--set', `dns.update.keyFile=${keyFile}`);
      const { reason } = await dnsRr.until(({ event }) => event === 'records.fault');
      expect(reason).to.include('another secret for the key mailpair-rr (BADSIG)').and.include(keyFile);
      await sendDuring(() =>
        dnsRr.until(({ event, retryInMs }) => event === 'records.fault' && retryInMs === 2000),
      );
      expect(await published()).to.deep.equal(before);
    });

    it('tells that the name server is down, and goes on when it is back', async () => {
      const dnsRr = start();
      await dnsRr.until(({ event }) => event === 'balancer.started');
      await nameServer.stop();
      const { reason } = await dnsRr.until(({ event }) => event === 'records.fault');
      expect(reason).to.include(`cannot ask the name server ${nameServer.address} (dns.update.server): `);
      await sendDuring(async () => {
        await nodes[1].kill9();
        await dnsRr.until(({ event }) => event === 'node.dead');
      });
      const known = dnsRr.news.length;
      await nameServer.start();
      await dnsRr.until(({ event }) => event === 'records.recovered', known);
      // It may be the name server that has it so since before it went, and then there is no update to wait for.
      while ((await published()).includes(SECOND)) await sleep(50);
    });

    it('says what to write on the name server where the key may not change the name', async () => {
      const { code, stderr } = await once('--set', 'inbound.host=other.example.com');
      expect(code).to.equal(2);
      expect(stderr).to.include(
        'does not permit the key mailpair-rr to change the addresses of other.example.com',
      );
      expect(stderr).to.include('update-policy { grant mailpair-rr name other.example.com. A AAAA; ');
      expect(stderr).to.include('grant mailpair-rr name _mailpair-views.other.example.com. TXT; }');
    });

    it('takes what --explain prints', async () => {
      const { stdout } = await runCommand(process.execPath, [
        ...[main, 'balancer', 'dns-rr', '--explain', '--config', pair.configFile],
      ]);
      const { code, said } = await kind.check(stdout, pair.directory);
      expect(code, said).to.equal(0);
    });

    it('says by how much the clocks differ, and believes no answer of another time', async () => {
      const server = { host: nameServer.host, port: nameServer.port };
      const asked = {
        server,
        keyName: 'mailpair-rr',
        keyFile: '',
        host: INBOUND,
        zone: 'example.com',
        change: false,
      };
      const key = parseKeyFile(kind.keyFile);
      for (const [hours, way] of [
        [1, '360[0-9] s ahead of'],
        [-1, '3(?:600|59[0-9]) s behind'],
      ] as const) {
        const clock = { now: () => Date.now() + hours * 3_600_000 };
        const records = createRecordServer({ asked, key, timeoutMs: 5_000, clock });
        expect((await rejection(records.read())).message).to.match(
          new RegExp(`clock is ${way}.*\\(BADTIME\\)`),
        );
      }
    });

    it('leaves the records as they are when it ends, and publishes all nodes with --restore', async () => {
      await nodes[1].kill9();
      const first = start();
      await first.until(({ event, addresses }) => event === 'records.updated' && String(addresses) === FIRST);
      expect(await first.stop()).to.equal(0);
      expect(await published()).to.deep.equal([FIRST]);
      const second = start('--restore');
      await second.until(({ event }) => event === 'node.dead');
      expect(await second.stop()).to.equal(0);
      expect(await published()).to.deep.equal([FIRST, SECOND]);
    });

    it('with --once --dry-run tells what it would change, and changes it without --dry-run', async () => {
      await nodes[1].kill9();
      const dry = await once('--dry-run');
      expect(dry).to.include({ code: 1 });
      expect(dry.stderr).to.include(`${INBOUND} would be set to ${FIRST} (it is ${FIRST}, ${SECOND})`);
      expect(dry.stdout).to.match(/^in2\.example\.com +127\.0\.0\.12 +no +\S+ +0% +yes +no +ECONNREFUSED$/m);
      expect(await published()).to.deep.equal([FIRST, SECOND]);
      expect(await once()).to.include({ code: 0 });
      expect(await published()).to.deep.equal([FIRST]);
    });
  });
