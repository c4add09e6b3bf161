import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { isRunning, startOf } from '@mailpair/shared/platform/process/process-start';
import { endLeftovers, markWorker } from '@mailpair/shared/gateway/workers/leftovers';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

/** A process that there was. */
const GONE = `${process.pid} 1`;

describe('workers that a killed supervisor left behind', () => {
  let spool: string;
  let slot: string;
  let worker: ChildProcess;
  let events: [string, object | undefined][];
  const log = {
    ...silentLog,
    warn: (event: string, fields?: object) => void events.push([event, fields]),
    error: (event: string, fields?: object) => void events.push([event, fields]),
  };

  beforeEach(async () => {
    spool = mkdtempSync(join(tmpdir(), 'mailpair-leftovers-'));
    slot = join(spool, 'slots/1');
    mkdirSync(slot, { recursive: true });
    worker = spawn('sleep', ['60']);
    events = [];
    await once(worker, 'spawn');
  });
  afterEach(() => {
    worker.kill('SIGKILL');
    rmSync(spool, { recursive: true });
  });

  const mark = (text: string): void => writeFileSync(join(slot, 'worker'), `${text}\n`);
  const own = (): string => `${worker.pid} ${startOf(worker.pid!)}`;

  /** Root gives the spool away, others name a process of root's. */
  const ofAnother = (): string => {
    if (process.getuid?.() !== 0) return `1 ${startOf(1)}`;
    chownSync(spool, 65_534, 65_534);
    return own();
  };

  it('are ended when they do not end by themselves', async () => {
    const start = startOf(worker.pid!);
    mark(`${own()} ${GONE}`);
    await endLeftovers(spool, 1, log);
    expect(isRunning(worker.pid!, start)).to.equal(false);
    expect(events.map(([event]) => event)).to.deep.equal(['worker.orphaned', 'worker.hangs']);
    expect(events[1]![1]).to.include({ pid: worker.pid });
  });

  it('are waited for while they end', async () => {
    mark(`${own()} ${GONE}`);
    const ended = endLeftovers(spool, 60_000, log);
    worker.kill('SIGTERM');
    await ended;
    expect(events.map(([event]) => event)).to.deep.equal(['worker.orphaned']);
  });

  for (const [who, text] of [
    ['whose supervisor is alive', () => `${own()} ${process.pid} ${startOf(process.pid)}`],
    ['that started at another time, for they are others', () => `${worker.pid} 1 ${GONE}`],
    ['of which it is not known when they started', () => `${worker.pid} - ${process.pid} -`],
    ['of another account', () => `${ofAnother()} ${GONE}`],
  ] as const)
    it(`are not those ${who}`, async () => {
      mark(text());
      await endLeftovers(spool, 0, log);
      expect(events).to.deep.equal([]);
    });

  it('are known by what each says in its slot', () => {
    markWorker(slot, { pid: worker.pid!, ppid: process.pid });
    expect(readFileSync(join(slot, 'worker'), 'utf8')).to.equal(
      `${own()} ${process.pid} ${startOf(process.pid)}\n`,
    );
  });
});
