import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { skipBecause } from '../support/skip.ts';
import { cpuMsOf, descendants, parseStat, treeOf } from '../../bench/process-tree.ts';

const tail = '0 0 0 0 0 0 0 100 20 3 4 20 0 1 0 777 0 0';

describe('The process tree', () => {
  it('reads the time of a process and of the children it waited for', () => {
    const stat = parseStat(`42 (smtpd) S 7 1 1 ${tail}\n`);
    expect(stat).to.include({ pid: 42, parent: 7, name: 'smtpd', ticks: 127, startedAt: 777, isAlive: true });
  });

  it('is not misled by the name of a process', () => {
    expect(parseStat(`42 (a) R 1 (b c) Z 7 1 1 ${tail}`)).to.include({
      name: 'a) R 1 (b c',
      parent: 7,
      isAlive: false,
    });
  });

  it('has children of children and nobody else', () => {
    const stat = (pid: number, parent: number) => parseStat(`${pid} (p) S ${parent} 1 1 ${tail}`)!;
    const all = [stat(1, 0), stat(5, 3), stat(2, 1), stat(3, 2), stat(4, 1)];
    expect(
      descendants(all, 2)
        .map(({ pid }) => pid)
        .sort(),
    ).to.deep.equal([2, 3, 5]);
  });

  it('keeps the time of a child that has ended', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'reads /proc, which only Linux has');
    const busy = 'while (process.cpuUsage().user < 300_000);';
    const parent = `
      require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(busy)}]);
      console.log('done');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      expect(treeOf(child.pid!)).to.have.length(1);
      expect(cpuMsOf(child.pid!)).to.be.at.least(100);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});
