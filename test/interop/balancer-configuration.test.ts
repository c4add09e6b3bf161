/** What "mailpair balancer" prints, read by the programs that it is for. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { runMailpair } from './mailpair-command.ts';
import { movedNginx } from './nginx-process.ts';
import { needProgram } from './programs.ts';
import { balancedPairs } from '../support/balanced-pairs.ts';

const pair = {
  domains: ['example.com'],
  inbound: {
    host: 'mx-in.example.com',
    addresses: ['192.0.2.10', '192.0.2.9', '2001:db8::10'],
    nodes: [
      { host: 'in1.example.com', addresses: ['192.0.2.11', '2001:db8::11'] },
      { host: 'in2.example.com', addresses: ['2001:db8::12'] },
    ],
    listen: ['0.0.0.0:25', '[::]:25'].map((address) => ({ address, proxy: ['10.0.0.2'] })),
    agent: '0.0.0.0:7025',
  },
  outbound: {
    host: 'mx-out.example.com',
    addresses: ['192.0.2.20'],
    listen: { submission: ['0.0.0.0:587', '0.0.0.0:465'] },
    trusted: ['10.0.0.0/24'],
  },
  localServers: ['mail.internal:25'],
};

const someInterface = (): string =>
  Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => !internal))?.[0] ?? 'lo';

describe('the configuration that mailpair prints for a load balancer', () => {
  let directory: string;
  let configFile: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-balancer-'));
    configFile = join(directory, 'mailpair.yaml');
    const trackFile = join(directory, 'run', 'headroom');
    mkdirSync(join(directory, 'run'));
    writeFileSync(configFile, JSON.stringify({ ...pair, inbound: { ...pair.inbound, trackFile } }));
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  /** The exit status of a program that looks a configuration over, with the words before its file, and what it said. */
  function judge(
    program: string,
    words: readonly string[],
    text: string,
  ): { status: number | null; said: string } {
    const file = join(directory, 'printed.conf');
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(program, [...words, file], { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  }

  const print = (...words: readonly string[]): string =>
    runMailpair('balancer', ...words, '--config', configFile);

  /** A script that keepalived finds where the printed configuration has that of the weights. */
  function withScript(text: string): string {
    const script = join(directory, 'weight');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    return text.replaceAll('/etc/keepalived/mailpair-weight', script);
  }

  for (const { name, settings } of balancedPairs)
    for (const role of ['inbound', 'outbound'] as const)
      describe(`for ${name}, ${role}`, () => {
        const node = settings[role].nodes.at(-1)!.host;

        function printed(...words: readonly string[]): string {
          const file = join(directory, 'pair.yaml');
          writeFileSync(file, JSON.stringify(settings));
          return runMailpair('balancer', ...words, '--role', role, '--config', file);
        }

        it('is valid to HAProxy', function () {
          const haproxy = needProgram(this, 'haproxy');
          const capacities = settings[role].nodes.flatMap(({ host }, i) => [
            '--capacity',
            `${host}=${100 + i}`,
          ]);
          for (const words of [[], capacities]) {
            const { status, said } = judge(haproxy, ['-c', '-f'], printed('haproxy', ...words));
            expect(said).not.to.match(/ALERT|WARNING/);
            expect(status, said).to.equal(0);
          }
        });

        it('is valid to keepalived, with addresses that move and with a director', function () {
          const keepalived = needProgram(this, 'keepalived');
          const moving = printed('keepalived', '--node', node, '--interface', someInterface());
          for (const text of [
            moving.replace(/\/run\/mailpair-\w+/, join(directory, 'run')),
            withScript(printed('keepalived', '--ipvs')),
          ]) {
            const { status, said } = judge(keepalived, ['-t', '-f'], text);
            expect(status, said).to.equal(0);
          }
        });

        it('is valid to nginx', function () {
          const nginx = needProgram(this, 'nginx');
          const { status, said } = judge(nginx, ['-t', '-c'], movedNginx(printed('nginx'), directory));
          expect(said).not.to.match(/\[(?:warn|emerg)\]/);
          expect(status, said).to.equal(0);
        });
      });

  for (const { name, settings } of balancedPairs)
    it(`is valid to HAProxy for ${name}, both roles at one address`, function () {
      const haproxy = needProgram(this, 'haproxy');
      const file = join(directory, 'pair.yaml');
      writeFileSync(file, JSON.stringify(settings));
      for (const more of [[], ['--backup']]) {
        const text = runMailpair('balancer', 'haproxy', '--pair', ...more, '--config', file);
        const { status, said } = judge(haproxy, ['-c', '-f'], text);
        expect(said).not.to.match(/ALERT|WARNING/);
        expect(status, said).to.equal(0);
      }
    });

  it('would not be valid to nginx with a fault in it', function () {
    const nginx = needProgram(this, 'nginx');
    const text = movedNginx(print('nginx'), directory).replace('least_conn', 'least_con');
    expect(judge(nginx, ['-t', '-c'], text).status).not.to.equal(0);
  });

  it('would not be valid to HAProxy with a fault in it', function () {
    const haproxy = needProgram(this, 'haproxy');
    expect(
      judge(haproxy, ['-c', '-f'], print('haproxy').replace('leastconn', 'leastcon')).status,
    ).not.to.equal(0);
  });

  it('would not be valid to keepalived with a fault in it', function () {
    const keepalived = needProgram(this, 'keepalived');
    const text = print('keepalived', '--node', 'in2.example.com', '--interface', someInterface());
    expect(judge(keepalived, ['-t', '-f'], text).status).to.equal(0);
    const faulty = text.replace('preempt_delay', 'preempt_dely');
    expect(judge(keepalived, ['-t', '-f'], faulty).status).not.to.equal(0);
  });

  it('comes with a script that gives the weight to the director', async () => {
    const script = join(directory, 'mailpair-weight');
    writeFileSync(script, print('keepalived', '--script'));
    chmodSync(script, 0o755);

    const exitOf = async (line: string | null): Promise<number> => {
      const agent = createServer((socket) => socket.end(line ?? ''));
      agent.listen(0, '127.0.0.1');
      await once(agent, 'listening');
      const { port } = agent.address() as { port: number };
      if (line === null) agent.close();
      const [code] = (await once(spawn(script, ['127.0.0.1', String(port)]), 'close')) as [number];
      agent.close();
      return code;
    };
    expect(await exitOf('up ready 63%\n')).to.equal(65);
    expect(await exitOf('drain\n')).to.equal(2);
    expect(await exitOf('down #disk full\n')).to.equal(1);
    expect(await exitOf(null)).to.equal(0);
  });
});
