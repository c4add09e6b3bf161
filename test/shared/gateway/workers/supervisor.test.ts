import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Told } from '@mailpair/shared/gateway/workers/siblings';
import { Supervisor, type Child } from '@mailpair/shared/gateway/workers/supervisor';
import type { ProcessState } from '@mailpair/shared/gateway/workers/watchdog';
import type { OfWorker, ToWorker } from '@mailpair/shared/gateway/workers/worker';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

class FakeChild implements Child {
  readonly worker: number;
  readonly isFirst: boolean;
  readonly pid: number;
  readonly heard: ToWorker[] = [];
  readonly signals: string[] = [];
  waiting = 0;
  stands: ProcessState = 'waits';
  says: (message: OfWorker) => void = () => undefined;
  ends: (code: number | null, signal: NodeJS.Signals | null) => void = () => undefined;

  constructor(worker: number, isFirst: boolean, pid: number) {
    this.worker = worker;
    this.isFirst = isFirst;
    this.pid = pid;
  }

  send = (message: ToWorker): void => void this.heard.push(message);
  state = (): ProcessState => this.stands;
  kill = (signal: NodeJS.Signals): void => void this.signals.push(signal);
  onMessage = (listener: FakeChild['says']): void => void (this.says = listener);
  onExit = (listener: FakeChild['ends']): void => void (this.ends = listener);
  ready = (): void => this.says({ kind: 'ready', facts: { host: 'mx.example.com' } });
}

describe('the supervisor', () => {
  let children: FakeChild[];
  let exits: number[];
  let events: [string, object | undefined][];
  let now: number;
  let supervisor: Supervisor;

  beforeEach(() => {
    [children, exits, events, now] = [[], [], [], 0];
    const note = (event: string, fields?: object): void => void events.push([event, fields]);
    supervisor = new Supervisor({
      workers: 3,
      start(worker, isFirst) {
        const child = new FakeChild(worker, isFirst, 100 + children.length);
        children.push(child);
        return child;
      },
      exit: (code) => void exits.push(code),
      now: () => now,
      log: { ...silentLog, info: note, warn: note, error: note },
    });
    supervisor.start();
  });

  const workers = (): number[] => children.map(({ worker }) => worker);
  function run(): void {
    for (let i = 0; i < 3; i += 1) children[i]!.ready();
  }

  it('starts the first alone, then the others, and then says so', () => {
    expect(workers()).to.deep.equal([0]);
    children[0]!.ready();
    expect(workers()).to.deep.equal([0, 1, 2]);
    expect(children.map(({ isFirst }) => isFirst)).to.deep.equal([true, false, false]);
    children[2]!.ready();
    expect(events).to.deep.equal([]);
    children[1]!.ready();
    expect(events).to.deep.equal([['gateway.started', { host: 'mx.example.com', workers: [100, 101, 102] }]]);
  });

  it('ends with the code of the first that cannot start', () => {
    children[0]!.ends(2, null);
    expect([workers(), exits]).to.deep.equal([[0], [2]]);
  });

  it('ends those that started before one cannot, and waits for them', () => {
    children[0]!.ready();
    children[1]!.ends(2, null);
    expect(children.map(({ signals }) => signals.length)).to.deep.equal([1, 0, 1]);
    children[0]!.ends(0, null);
    expect(exits).to.deep.equal([]);
    children[2]!.ends(null, 'SIGTERM');
    expect(exits).to.deep.equal([2]);
  });

  it('starts one that ended again, and tells the others of both', async () => {
    run();
    now = 60_000;
    children[1]!.ends(null, 'SIGKILL');
    expect(events.at(-1)).to.deep.equal([
      'worker.ended',
      { worker: 1, pid: 101, code: null, signal: 'SIGKILL', restartMs: 0 },
    ]);
    await sleep(5);
    expect(workers()).to.deep.equal([0, 1, 2, 1]);
    expect(children[3]!.isFirst).to.equal(false);
    children[3]!.ready();
    expect(children[0]!.heard.slice(-2)).to.deep.equal([
      { kind: 'gone', worker: 1 },
      { kind: 'came', worker: 1 },
    ]);
    expect(children[3]!.heard).to.deep.equal([]);
  });

  it('passes on what one tells to the others, or to the one that is named', () => {
    run();
    for (const child of children) child.heard.length = 0;
    const toAll: Told = { kind: 'told', from: 1, about: { bans: ['x'] } };
    const toOne: Told = { kind: 'told', from: 1, to: 0, about: {} };
    children[1]!.says(toAll);
    children[1]!.says(toOne);
    expect(children.map(({ heard }) => heard)).to.deep.equal([[toAll, toOne], [], [toAll]]);
  });

  it('leaves out one that takes nothing, and has it told anew when it does', () => {
    run();
    for (const child of children) child.heard.length = 0;
    const told: Told = { kind: 'told', from: 1, about: {} };
    children[2]!.waiting = 1_001;
    for (let n = 0; n < 3; n += 1) children[1]!.says(told);
    expect(children[2]!.heard).to.deep.equal([]);
    children[2]!.waiting = 0;
    children[1]!.says(told);
    expect(children[2]!.heard).to.deep.equal([told]);
    expect(children[1]!.heard).to.deep.equal([{ kind: 'came', worker: 2 }]);
    expect(children[0]!.heard.at(-1)).to.deep.equal({ kind: 'came', worker: 2 });
    children[1]!.says(told);
    expect(children[1]!.heard).to.have.length(1);
  });

  it('passes on SIGHUP, and SIGTERM, after which nobody is started any more', async () => {
    run();
    supervisor.reload();
    supervisor.stop('SIGTERM');
    expect(children.map(({ signals }) => signals)).to.deep.equal(Array(3).fill(['SIGHUP', 'SIGTERM']));
    for (const child of children) child.ends(0, null);
    await sleep(5);
    expect([workers(), exits]).to.deep.equal([[0, 1, 2], [0]]);
  });

  it('lets the face go last when all are to end', () => {
    run();
    supervisor.stop('SIGTERM');
    const last = (): ToWorker | undefined => children[0]!.heard.at(-1);
    children[1]!.ends(0, null);
    children[0]!.says({ kind: 'drained' });
    expect(last()).not.to.deep.equal({ kind: 'leave' });
    children[2]!.ends(null, 'SIGKILL');
    expect(last()).to.deep.equal({ kind: 'leave' });
  });

  it('lets the face go that drains for itself, or that nobody is left beside', () => {
    run();
    children[0]!.says({ kind: 'drained' });
    expect(children[0]!.heard.splice(-1)).to.deep.equal([{ kind: 'leave' }]);
    supervisor.stop('SIGTERM');
    for (const child of children.slice(1)) child.ends(0, null);
    children[0]!.says({ kind: 'drained' });
    expect(children[0]!.heard.at(-1)).to.deep.equal({ kind: 'leave' });
  });

  it('ends one that hangs, and starts it again; those that never said a word are let be', async () => {
    run();
    const alive = (child: FakeChild): void => child.says({ kind: 'alive', hangAfterMs: 4_000 });
    for (let second = 0; second < 4; second += 1) {
      if (second === 0) alive(children[2]!);
      alive(children[1]!);
      supervisor.look();
    }
    expect(children.map(({ signals }) => signals)).to.deep.equal([[], [], ['SIGKILL']]);
    expect(events.at(-1)).to.deep.equal([
      'worker.hangs',
      { worker: 2, pid: 102, state: 'waits', fix: (events.at(-1)![1] as { fix: string }).fix },
    ]);
    supervisor.look();
    children[2]!.ends(null, 'SIGKILL');
    await sleep(5);
    expect(workers()).to.deep.equal([0, 1, 2, 2]);
    alive(children[2]!); // the last words of the one before
    for (let second = 0; second < 9; second += 1) supervisor.look();
    expect(children[3]!.signals).to.deep.equal([]);
  });

  it('lets one be that somebody stopped, and says so once', () => {
    run();
    children[1]!.says({ kind: 'alive', hangAfterMs: 4_000 });
    children[1]!.stands = 'stopped';
    for (let second = 0; second < 9; second += 1) supervisor.look();
    expect(children[1]!.signals).to.deep.equal([]);
    expect(events.filter(([event]) => event === 'worker.silent')).to.have.length(1);
  });

  it('ends one that hangs while it drains', () => {
    run();
    children[0]!.says({ kind: 'alive', hangAfterMs: 4_000 });
    supervisor.stop('SIGTERM');
    for (let second = 0; second < 4; second += 1) supervisor.look();
    expect(children[0]!.signals).to.deep.equal(['SIGTERM', 'SIGKILL']);
  });
});
