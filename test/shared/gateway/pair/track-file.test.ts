import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { openTrackFile } from '@mailpair/shared/gateway/pair/track-file';
import { FAULT, trackNumber } from '@mailpair/shared/gateway/pair/track-number';

const at = (load: number, told: number | null, more: object = {}): number =>
  trackNumber(
    { draining: false, notReady: [], load: { value: load, parts: { cpu: load } }, isFull: false, ...more },
    told,
  );

describe('the number for keepalived', () => {
  it('is the headroom in tens', () => {
    expect([0, 0.04, 0.37, 0.98, 7].map((load) => at(load, null))).to.deep.equal([100, 100, 60, 0, 0]);
  });

  it('stays as it was told until the headroom has moved far', () => {
    expect(at(0.3, 80)).to.equal(80);
    expect(at(0.34, 80)).to.equal(80);
    expect(at(0.35, 80)).to.equal(70);
    expect(at(0.06, 80)).to.equal(80);
    expect(at(0.05, 80)).to.equal(100);
  });

  it('is a fault while no clients are to come, and not a moment longer', () => {
    expect(at(0, 100, { draining: true })).to.equal(FAULT);
    expect(at(0, 100, { notReady: ['no disk'] })).to.equal(FAULT);
    expect(at(0, FAULT)).to.equal(100);
  });
});

async function inDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-track-'));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await setImmediate();
};

describe('the track file', () => {
  it('is replaced as a whole, and only when the number changes', async () => {
    await inDirectory(async (directory) => {
      const path = join(directory, 'headroom');
      let number = 100;
      let asked = 0;
      const file = openTrackFile({
        path,
        number: () => ((asked += 1), number),
        failed: (error) => expect.fail(String(error)),
        everyMs: 1,
      });
      await until(() => existsSync(path));
      expect(readFileSync(path, 'utf8')).to.equal('100\n');
      const { ino } = statSync(path);
      const before = asked;
      await until(() => asked > before + 5);
      expect(statSync(path).ino).to.equal(ino);
      number = 60;
      await until(() => statSync(path).ino !== ino);
      expect(readFileSync(path, 'utf8')).to.equal('60\n');
      await file.withdraw();
      expect(readFileSync(path, 'utf8')).to.equal('-254\n');
      expect(readdirSync(directory)).to.deep.equal(['headroom']);
    });
  });

  it('is told once when it cannot be written, and is written when it can', async () => {
    await inDirectory(async (directory) => {
      const path = join(directory, 'not-there', 'headroom');
      const faults: unknown[] = [];
      let asked = 0;
      const file = openTrackFile({
        path,
        number: () => ((asked += 1), 100),
        failed: (error) => void faults.push(error),
        everyMs: 1,
      });
      await until(() => asked > 5);
      expect(faults).to.have.length(1);
      mkdirSync(join(directory, 'not-there'));
      await until(() => existsSync(path));
      await file.withdraw();
      expect(faults).to.have.length(1);
    });
  });
});
