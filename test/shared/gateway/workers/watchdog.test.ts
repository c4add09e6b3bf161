import { stateIn, Watchdog, type ProcessState } from '@mailpair/shared/gateway/workers/watchdog';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';

describe('the watchdog of a worker', () => {
  let watchdog: Watchdog;
  beforeEach(() => (watchdog = new Watchdog()));

  /** What each look says. */
  const looks = (count: number, state: ProcessState = 'runs'): (boolean | undefined)[] =>
    Array.from({ length: count }, () => watchdog.look(() => state)?.hangs);
  const nothing = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

  it('says once that it hangs, after as many looks as the time has seconds', () => {
    watchdog.sign(5_000);
    expect(looks(8)).to.deep.equal([...nothing(4), true, ...nothing(3)]);
  });

  it('tells what it does meanwhile', () => {
    watchdog.sign(3_000);
    looks(2);
    expect(watchdog.look(() => 'waits')).to.deep.equal({ hangs: true, state: 'waits' });
  });

  it('begins anew with each sign of life, and with another time', () => {
    watchdog.sign(5_000);
    looks(4);
    watchdog.sign(4_000);
    expect(looks(4).indexOf(true)).to.equal(3);
  });

  it('waits for three looks, however short the time', () => {
    watchdog.sign(1);
    expect(looks(3)).to.deep.equal([undefined, undefined, true]);
  });

  it('does not watch who gave no sign yet, nor who is not to be watched', () => {
    expect(looks(100)).to.deep.equal(nothing(100));
    watchdog.sign(5_000);
    watchdog.sign(0);
    expect(looks(100)).to.deep.equal(nothing(100));
  });

  it('counts no look while a disk does not answer or somebody stopped it, but says that it is silent', () => {
    for (const state of ['disk', 'stopped'] as const) {
      watchdog.sign(5_000);
      looks(4);
      expect(looks(100, state)).to.deep.equal([false, ...nothing(99)]);
      expect(looks(1)).to.deep.equal([true]);
    }
  });
});

describe('the state of a process', () => {
  const stat = (state: string, command = 'node'): string => `4711 (${command}) ${state} 1 4711 4711 0 -1`;

  it('is read from /proc/PID/stat, whatever its command is called', () => {
    expect(['R', 'S', 'D', 'T', 't', 'Z'].map((state) => stateIn(stat(state)))).to.deep.equal([
      'runs',
      'waits',
      'disk',
      'stopped',
      'stopped',
      'waits',
    ]);
    expect(stateIn(stat('R', 'a) D (b'))).to.equal('runs');
  });
});
