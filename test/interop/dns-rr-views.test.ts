/**
 * Two `balancer dns-rr` that see different nodes dead, with a real name server: the addresses stay as they are for two
 * minutes, and a node is withdrawn when neither sees it.
 */
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import { createRecordServer, type Standing } from '@mailpair/planner/dns-rr/record-server';
import { formatView } from '@mailpair/planner/dns-rr/view';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { expect } from 'chai';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { runCommand } from '../support/commands.ts';
import { INBOUND } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import { startDnsRr, type DnsRrProcess } from './dns-rr-process.ts';
import { FIRST, SECOND, VIEWS, kinds } from './dns-rr-servers.ts';
import { printFigures } from './figures.ts';
import type { NameServer } from './name-server.ts';

const QUIET_MS = 125_000;
const CLOSED_PORT = 1;
const main = join(checkout, 'packages/mailpair/src/main.ts');

/** What greets on the port for mail. */
async function openGreeter(host: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`220 ${host} ESMTP\r\n`);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

for (const kind of kinds)
  describe(`two balancer dns-rr with ${kind.name}`, () => {
    let directory: string;
    let nameServer: NameServer;
    let port: number;
    let greeters: Server[];
    let updaters: DnsRrProcess[];
    let asked: Resolver;
    const closing: (() => unknown)[] = [];

    const configFile = (): string => join(directory, 'mailpair.yaml');
    const published = async (): Promise<string> => (await asked.resolve4(INBOUND)).sort().join();
    const views = async (): Promise<string[]> =>
      (await asked.resolveTxt(VIEWS).catch(() => [])).map((strings) => strings.join(''));

    /** One updater for which the second node is at the port. */
    function start(secondPort: number): DnsRrProcess {
      const look = JSON.stringify({ [FIRST]: `${FIRST}:${port}`, [SECOND]: `${SECOND}:${secondPort}` });
      const started = startDnsRr(configFile(), '--set', `dns.update.look=${look}`);
      updaters.push(started);
      return started;
    }

    async function until(what: string, is: () => Promise<boolean>): Promise<void> {
      for (const endsAt = Date.now() + 20_000; Date.now() < endsAt; await sleep(100)) if (await is()) return;
      expect.fail(`${what} did not happen; ${await published()} stands there, ${(await views()).join('; ')}`);
    }

    before(async function () {
      kind.need(this);
      directory = mkdtempSync(join(tmpdir(), 'mailpair-dns-rr-views-'));
      closing.push(() => rmSync(directory, { recursive: true }));
      nameServer = await kind.open();
      closing.push(() => nameServer.close());
      [port] = (await freePorts(1)) as [number];
      const keyFile = join(directory, 'dns.key');
      writeFileSync(keyFile, kind.keyFile, { mode: 0o600 });
      const nodes = [FIRST, SECOND].map(
        (address) => `{ host: in${address.at(-1)}.example.com, addresses: [${address}] }`,
      );
      writeFileSync(
        configFile(),
        `domains: [example.com]
inbound: { host: ${INBOUND}, nodes: [${nodes.join(', ')}], http: none }
outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24] }
localServers: ["mail.internal:25"]
dns: { update: { server: "${nameServer.address}", keyFile: ${keyFile}, ttl: 1s, interval: 1500ms, check: 200ms } }
`,
      );
      asked = new Resolver();
      asked.setServers([nameServer.address]);
    });

    beforeEach(async () => {
      updaters = [];
      greeters = [await openGreeter(FIRST, port), await openGreeter(SECOND, port)];
    });

    afterEach(async () => {
      for (const each of updaters) await each.stop();
      for (const each of greeters) each.close();
      expect(await views()).to.deep.equal([]);
    });

    after(async () => {
      for (const close of closing.toReversed()) await close();
    });

    it('overwrite neither addresses nor views that changed since they were read', async () => {
      const records = createRecordServer({
        asked: {
          server: { host: nameServer.host, port: nameServer.port },
          ...{ keyName: 'mailpair-rr', keyFile: '', host: INBOUND, zone: 'example.com', change: false },
        },
        key: parseKeyFile(kind.keyFile),
        timeoutMs: 5_000,
        clock: systemClock,
      });
      const view = (by: string): Buffer =>
        formatView({ by, since: 1, at: 1, validSeconds: 180, sightings: new Map() });
      const [first, second] = [view('ns1/a'), view('ns2/b')];
      const empty = await records.read();
      const add = (data: Buffer, before: Standing): Promise<boolean> =>
        records.changeViews('example.com', before, { drop: [], add: [data] });

      expect(await add(first, empty)).to.equal(true);
      expect(await add(second, empty)).to.equal(false);
      expect(await records.replace('example.com', empty, [])).to.equal(false);
      const one = await records.read();
      expect(one.views).to.deep.equal([first]);
      expect(await add(second, one)).to.equal(true);
      const both = await records.read();
      expect(both.views).to.have.deep.members([first, second]);
      const only = both.addresses.slice(0, 1);
      expect(await records.replace('example.com', one, only)).to.equal(false);
      expect(await records.replace('example.com', both, only)).to.equal(true);
      expect(await records.replace('example.com', both, both.addresses)).to.equal(false);
      const after = { ...both, addresses: only };
      expect(await records.read()).to.deep.include({ addresses: only });
      expect(await records.replace('example.com', after, both.addresses)).to.equal(true);
      expect(await records.changeViews('example.com', both, { drop: both.views, add: [] })).to.equal(true);
      expect(await records.read()).to.deep.include({ views: [] });
    });

    it('leave the addresses alone while one sees a node that the other does not, and withdraw it when neither does', async function () {
      this.timeout(QUIET_MS + 90_000);
      const sees = start(port);
      await until('the first view', async () => (await views()).length === 1);
      const doesNot = start(CLOSED_PORT);
      await until('the second view', async () =>
        (await views()).some((text) => text.includes(`down=${SECOND}`)),
      );

      let looks = 0;
      for (const endsAt = Date.now() + QUIET_MS; Date.now() < endsAt; looks += 1) {
        expect(await published()).to.equal(`${FIRST},${SECOND}`);
        await sleep(100);
      }
      const updates = [sees, doesNot].flatMap(({ news }) =>
        news.filter(({ event }) => event === 'records.updated'),
      );
      expect(updates).to.deep.equal([]);
      expect([sees, doesNot].flatMap(({ news }) => news.map(({ level }) => level))).to.not.include('error');
      const dead = doesNot.news.find(({ event }) => event === 'node.dead');
      expect(dead?.['keptBy']).to.have.length(1);
      printFigures(
        `${kind.name}: two updaters with different views: no change of addresses in ${looks} looks of 125 s`,
      );

      const { stdout } = await runCommand(process.execPath, [
        ...[main, 'balancer', 'dns-rr', '--once', '--dry-run', '--config', configFile()],
        ...[
          '--set',
          `dns.update.look={"${FIRST}":"${FIRST}:${port}","${SECOND}":"${SECOND}:${CLOSED_PORT}"}`,
        ],
      ]);
      expect(stdout).to.match(/^127\.0\.0\.12 is down here, .*up by \S+.*: it counts as alive$/m);

      greeters[1]!.close();
      await until('the withdrawal', async () => (await published()) === FIRST);
      greeters[1] = await openGreeter(SECOND, port);
      await until('the return', async () => (await published()) === `${FIRST},${SECOND}`);
    });
  });
