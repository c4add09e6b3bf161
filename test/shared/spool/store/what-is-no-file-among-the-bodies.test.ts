import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import type { Damage, Spool } from '@mailpair/shared/spool/store/spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { bodyOf, entryOf, octetsOf } from '../../../support/spool-mail.ts';

describe('what is no file among the bodies', () => {
  const body = bodyOf(Buffer.alloc(4_000, 'large body\r\n'));
  let directory: string;
  let spool: Spool;
  let damages: Damage[];
  const open = async (): Promise<void> => {
    spool = await openLmdbSpool({
      directory,
      minFreeBytes: 0,
      bodyFileThresholdBytes: 1_000,
      clock: systemClock,
      onDamage: (damage) => damages.push(damage),
    });
  };
  const inBodies = (id: string): string => join(directory, 'bodies', id);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-bodies-'));
    damages = [];
    await open();
    for (const id of ['bad', 'good']) await spool.add(entryOf(id, body), body);
    await spool.close();
  });
  afterEach(async () => {
    await spool.close();
    rmSync(directory, { recursive: true });
  });

  const others: Record<string, (path: string) => unknown> = {
    FIFO: (path) => execFileSync('mkfifo', [path]),
    directory: (path) => mkdirSync(path),
    link: (path) => {
      renameSync(inBodies('bad'), join(directory, 'elsewhere'));
      symlinkSync(join(directory, 'elsewhere'), path);
    },
    'link to a device': (path) => symlinkSync('/dev/zero', path),
  };
  for (const [what, make] of Object.entries(others)) {
    it(`a ${what} is the damage of its entry, and no other’s`, async () => {
      if (what !== 'link') rmSync(inBodies('bad'));
      make(inBodies('bad'));
      await open();
      const entry = spool.get('bad');
      if (entry) await spool.body(entry).catch(() => undefined);
      expect(damages.map(({ id }) => id)).to.deep.equal(['bad']);
      expect(spool.get('bad')).to.equal(undefined);
      expect(spool.damaged()).to.deep.equal(damages);
      const good = await spool.body(spool.get('good')!);
      expect(octetsOf(good)).to.deep.equal(octetsOf(body));
      await spool.close();
      await open();
      expect(spool.damaged()).to.deep.equal(damages);
    });

    it(`a ${what} without an entry keeps nobody from opening the spool`, async () => {
      if (what !== 'link') make(inBodies('nobodys'));
      else symlinkSync(inBodies('good'), inBodies('nobodys'));
      await open();
      expect(damages).to.deep.equal([]);
      expect(readdirSync(join(directory, 'bodies'))).to.include.members(['good', 'bad']);
      expect(existsSync('/dev/zero')).to.equal(true);
    });
  }
});
