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
import { needProgram } from './programs.ts';

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

  /** The exit status of a program that looks a configuration over, and what it said. */
  function judge(
    program: string,
    words: readonly string[],
    text: string,
  ): { status: number | null; said: string } {
    const file = join(directory, 'printed.conf');
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(program, [...words, '-f', file], { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  }

  const print = (...words: readonly string[]): string =>
    runMailpair('balancer', ...words, '--config', configFile);

  for (const role of ['inbound', 'outbound'])
    it(`is valid to HAProxy, for ${role}`, function () {
      const haproxy = needProgram(this, 'haproxy');
      const { status, said } = judge(haproxy, ['-c'], print('haproxy', '--role', role));
      expect(said).not.to.match(/ALERT|WARNING/);
      expect(status, said).to.equal(0);
    });

  it('would not be valid to HAProxy with a fault in it', function () {
    const haproxy = needProgram(this, 'haproxy');
    expect(judge(haproxy, ['-c'], print('haproxy').replace('leastconn', 'leastcon')).status).not.to.equal(0);
  });

  it('is valid to keepalived, with addresses that move', function () {
    const keepalived = needProgram(this, 'keepalived');
    const name = Object.entries(networkInterfaces()).find(([, all]) =>
      all?.some(({ internal }) => !internal),
    )?.[0];
    const text = print('keepalived', '--node', 'in2.example.com', '--interface', name ?? 'eth0');
    const { status, said } = judge(keepalived, ['-t'], text);
    expect(status, said).to.equal(0);
    expect(judge(keepalived, ['-t'], text.replace('preempt_delay', 'preempt_dely')).status).not.to.equal(0);
  });

  it('is valid to keepalived, with a director', function () {
    const keepalived = needProgram(this, 'keepalived');
    const script = join(directory, 'weight');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    const text = print('keepalived', '--ipvs').replaceAll('/etc/keepalived/mailpair-weight', script);
    const { status, said } = judge(keepalived, ['-t'], text);
    expect(status, said).to.equal(0);
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
