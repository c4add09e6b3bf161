import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  openLoadMeter,
  thisProcess,
  type LoadMeter,
  type LoadSources,
} from '@mailpair/shared/gateway/pair/load-meter';

const quiet: LoadSources = {
  sessions: () => 0.1,
  memoryUsed: () => 0.2,
  descriptorsUsed: () => 0.3,
  slowestCommitMs: () => 0,
  submissions: () => ({ waitMs: 0, fullMs: 250 }),
  oldestDueMs: () => 0,
  freeBytes: () => 1e12,
  minFreeBytes: () => 0,
  localServers: () => ({ down: 0, latencyMs: 0, patienceMs: 60_000 }),
};
const faults: unknown[] = [];
const noPressure = { cpuPressure: undefined, ioPressure: undefined, memoryPressure: undefined };

/** Opens a meter and hands it over when it has measured so often. */
async function measured(
  sources: Partial<LoadSources>,
  times: number,
  check: (meter: LoadMeter) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = times;
  const meter = openLoadMeter(
    { ...quiet, ...sources },
    { measured: () => void ((left -= 1) === 0 && resolve()), failed: (error) => faults.push(error) },
    thisProcess(() => noPressure),
  );
  const alive = setInterval(() => undefined, 1_000); // the meter itself keeps no process alive
  await promise;
  clearInterval(alive);
  check(meter);
  meter.close();
}

describe('the meter of the load', () => {
  it('knows nothing before it has measured anything', () => {
    const meter = openLoadMeter({ ...quiet, sessions: () => 0.7 }, { measured() {}, failed() {} });
    expect([meter.atTheDoor(), meter.urgent()]).to.deep.equal([0, 0]);
    expect(meter.load()).to.deep.equal({ value: 0, parts: {} });
    meter.close();
  });

  it('shows the sessions and leaves them out at the door, where those of the moment count', async () => {
    await measured({ sessions: () => 0.99 }, 1, (meter) => {
      expect(meter.load().parts).to.include({ sessions: 0.99, sync: 0, queue: 0, disk: 0, localServers: 0 });
      expect(meter.load().parts).to.include({ memory: 0.2 });
      expect(Math.max(meter.atTheDoor(), meter.urgent())).to.be.below(0.99);
    });
  });

  it('takes a commit that hangs for urgent at once, and for strain', async () => {
    let asked = 0;
    const slowestCommitMs = (): number => ((asked += 1) === 1 ? 0 : 1_000);
    await measured({ slowestCommitMs }, 2, (meter) => {
      expect(meter.urgent()).to.equal(1);
      expect(meter.load().value).to.be.within(0.1, 0.9);
      expect(meter.strain()).to.be.within(0.1, 0.9);
    });
  });

  it('takes descriptors that run out for urgent, and not for strain: slower clients would have them longer', async () => {
    await measured({ descriptorsUsed: () => 0.97 }, 1, (meter) => {
      expect(meter.urgent()).to.equal(0.97);
      expect(meter.strain()).to.be.below(0.97);
    });
  });

  it('takes submissions that wait for strain, and not for urgent: the door is not shut for them', async () => {
    const submissions = () => ({ waitMs: 1_000, fullMs: 250 });
    await measured({ submissions }, 1, (meter) => {
      expect([meter.strain(), meter.atTheDoor()]).to.deep.equal([4, 1]);
      expect(meter.urgent()).to.be.below(0.9);
    });
  });

  it('keeps what it had when something cannot be measured, and tells that once', async () => {
    let asked = 0;
    const freeBytes = (): number => {
      if ((asked += 1) === 1) return 2;
      throw new Error('no such disk');
    };
    await measured({ freeBytes, minFreeBytes: () => 1 }, 3, (meter) => {
      expect(meter.load().parts).to.include({ disk: 0.5 });
      expect(faults.map(String)).to.deep.equal(['Error: no such disk']);
    });
  });

  it('takes local servers that are down for load, and not for urgent: a closed door would not help', async () => {
    const localServers = () => ({ down: 1, latencyMs: 0, patienceMs: 60_000 });
    await measured({ localServers }, 1, (meter) => {
      expect(meter.load().value).to.equal(0.9);
      expect(meter.urgent()).to.be.below(0.9);
      expect(meter.strain()).to.be.below(0.9);
    });
  });
});
