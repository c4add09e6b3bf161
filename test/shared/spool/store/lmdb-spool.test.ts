/** What the spool on LMDB does besides what every spool does: its directory, its owner, its recovery. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dueText, indexKey } from '@mailpair/shared/spool/store/record';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import type { Damage, Spool } from '@mailpair/shared/spool/store/spool';
import { SpoolFullError } from '@mailpair/shared/spool/store/spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dueOf, nextDueAt } from '../../../support/due.ts';
import { rejection } from '../../../support/rejection.ts';
import { implementation, tamper } from '../../../support/lmdb-spool.ts';
import { bodyOf, bodyText, dueAgain, entryOf } from '../../../support/spool-mail.ts';

const none = (): boolean => false;

describe('The spool on LMDB', () => {
  let parent: string;
  let directory: string;
  const opened: Spool[] = [];

  const open = async (onDamage?: (damage: Damage) => void): Promise<Spool> => {
    const spool = await implementation.open(directory, onDamage);
    opened.push(spool);
    return spool;
  };
  const close = async (): Promise<void> => {
    for (const spool of opened.splice(0)) await spool.close();
  };

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'mailpair-spool-'));
    directory = join(parent, 'spool');
  });

  afterEach(async () => {
    await close();
    rmSync(parent, { recursive: true, force: true });
  });

  describe('its directory', () => {
    it('is made with its subdirectories, for this account alone', async () => {
      const { incomingDirectory } = await open();
      for (const path of [directory, incomingDirectory, join(directory, 'bodies')])
        expect(statSync(path).mode & 0o777).to.equal(0o700);
      expect(statSync(join(directory, 'queue.mdb')).mode & 0o777).to.equal(0o600);
    });

    it('is named with the account and the fix when it cannot be made', async () => {
      writeFileSync(join(parent, 'file'), '');
      directory = join(parent, 'file', 'spool');
      const { message } = await rejection(open());
      expect(message)
        .to.include(directory)
        .and.to.include(`uid ${process.getuid?.()}`)
        .and.to.include('install -d');
    });

    it('refuses an id that could lead out of it', async () => {
      const spool = await open();
      const body = bodyOf(Buffer.alloc(implementation.largeBodyBytes + 1));
      expect((await rejection(spool.add(entryOf('../escaped', body), body))).message).to.include(
        '"../escaped"',
      );
      expect(existsSync(join(directory, 'escaped'))).to.equal(false);
    });
  });

  describe('its owner', () => {
    it('is named to whoever opens it a second time', async () => {
      await open();
      const { message } = await rejection(open());
      expect(message).to.include(directory).and.to.include(`process ${process.pid}`);
    });

    it('is named when it is another process, and no longer matters once that was killed', async () => {
      const script = join(import.meta.dirname, '../../../conformance/spool-child.ts');
      const child = spawn(process.execPath, [script, implementation.module, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      expect((await rejection(open())).message).to.include(`process ${child.pid}`);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect((await open()).count()).to.be.greaterThan(0);
    });

    it('is not taken for alive when its number was given to another process', async () => {
      mkdirSync(directory);
      writeFileSync(join(directory, 'owner'), `${process.pid} 12\n`);
      await open();
      expect(readFileSync(join(directory, 'owner'), 'utf8')).not.to.equal(`${process.pid} 12\n`);
    });

    it('lets go when it closes, and when opening fails', async () => {
      await open();
      await close();
      expect(existsSync(join(directory, 'owner'))).to.equal(false);
      writeFileSync(join(directory, 'queue.mdb'), 'this is no database'.repeat(1000));
      await rejection(open());
      expect(existsSync(join(directory, 'owner'))).to.equal(false);
    });
  });

  describe('a file that is no queue', () => {
    const spoils: [string, Buffer][] = [
      ['another file', Buffer.from('this is no queue'.repeat(1000))],
      ['one that was cut off', Buffer.alloc(100)],
      ['zeros', Buffer.alloc(100_000)],
    ];
    for (const [what, octets] of spoils)
      it(`is named and left as it is: ${what}`, async () => {
        await open();
        await close();
        const path = join(directory, 'queue.mdb');
        writeFileSync(path, octets);
        const { message } = await rejection(open());
        expect(message).to.include(path).and.to.include('damaged');
        expect(readFileSync(path).equals(octets)).to.equal(true);
      });
  });

  describe('recovery', () => {
    const large = bodyOf(Buffer.alloc(implementation.largeBodyBytes + 1, 'x'));
    const hourAgo = new Date(Date.now() - 3_600_000);

    it('removes what was left in the incoming directory', async () => {
      const { incomingDirectory } = await open();
      await close();
      writeFileSync(join(incomingDirectory, 'half'), 'Subject: ha');
      await open();
      expect(existsSync(join(incomingDirectory, 'half'))).to.equal(false);
    });

    it('removes an old body file without an entry, and keeps those of entries and new ones', async () => {
      const spool = await open();
      await spool.add(entryOf('kept', large), large);
      await close();
      for (const name of ['kept', 'orphan']) {
        if (name === 'orphan') writeFileSync(join(directory, 'bodies', name), 'x');
        utimesSync(join(directory, 'bodies', name), hourAgo, hourAgo);
      }
      writeFileSync(join(directory, 'bodies', 'new'), 'x');
      await open();
      const left = ['kept', 'orphan', 'new'].filter((name) => existsSync(join(directory, 'bodies', name)));
      expect(left).to.deep.equal(['kept', 'new']);
    });

    it('keeps the body file of an entry that was set aside', async () => {
      const spool = await open();
      await spool.add(entryOf('bad', large), large);
      await close();
      await implementation.spoilBody(directory, 'bad');
      await rejection((await open()).body(entryOf('bad', large)));
      await close();
      utimesSync(join(directory, 'bodies', 'bad'), hourAgo, hourAgo);
      await open();
      expect(readFileSync(join(directory, 'bodies', 'bad'), 'utf8')).to.equal('spoilt');
    });

    it('sets entries without a body aside when it opens, small and large, and tells of them', async () => {
      const small = bodyText('x');
      const spool = await open();
      await spool.add(entryOf('a', small), small);
      await spool.add(entryOf('b', large), large);
      await spool.add(entryOf('c', small), small);
      await close();
      for (const id of ['a', 'b']) await implementation.loseBody(directory, id);
      const damages: Damage[] = [];
      const again = await open((damage) => damages.push(damage));
      expect(damages.map(({ id }) => id)).to.have.members(['a', 'b']);
      expect(dueOf(again, 9, 9, none).map(({ id }) => id)).to.deep.equal(['c']);
      expect(again.count()).to.equal(1);
    });

    it('makes the index anew when it does not fit the entries', async () => {
      const body = bodyText('x');
      const spool = await open();
      for (const [index, id] of ['a', 'b', 'c'].entries())
        await spool.add(dueAgain(entryOf(id, body), 30 - index), body);
      await spool.add(entryOf('held', body, { held: true }), body);
      await close();
      await tamper(directory, ({ lanes }) => {
        const [first = ''] = [...lanes.keys()];
        lanes.remove(first);
        const wrong = { gone: 1, b: 2 };
        for (const [id, due] of Object.entries(wrong))
          lanes.put(indexKey({ lane: 'example.com ', due: dueText(due) }, id), Buffer.alloc(0));
      });
      const again = await open();
      expect(dueOf(again, 100, 9, none).map(({ id }) => id)).to.deep.equal(['c', 'b', 'a']);
      expect(nextDueAt(again, none)).to.equal(28);
    });
  });

  it('leaves nothing of an entry that was removed, small or large', async () => {
    const spool = await open();
    for (const [id, body] of [
      ['small', bodyText('x')] as const,
      ['large', bodyOf(Buffer.alloc(implementation.largeBodyBytes + 1))] as const,
    ]) {
      await spool.add(entryOf(id, body), body);
      await spool.remove(id);
    }
    await close();
    await tamper(directory, ({ entries, bodies, files, due }) => {
      expect([entries, bodies, files, due].map((table) => table.count())).to.deep.equal([0, 0, 0, 0]);
    });
    expect(readdirSync(join(directory, 'bodies'))).to.deep.equal([]);
  });

  describe('a disk that is nearly full', () => {
    it('takes no message beyond the reserve, says so, and leaves nothing of it', async () => {
      const spool = await openLmdbSpool({ directory, minFreeBytes: 2 ** 60, clock: systemClock });
      opened.push(spool);
      const body = bodyText('x');
      const error = await rejection(spool.add(entryOf('a', body), body));
      expect(error).to.be.instanceOf(SpoolFullError);
      expect(error.message).to.include(directory).and.to.include('queue.minFree');
      const incoming = join(spool.incomingDirectory, 'incoming-1');
      writeFileSync(incoming, 'x');
      const { chunks: _chunks, ...facts } = body;
      expect(await rejection(spool.add(entryOf('b', body), { ...facts, path: incoming }))).to.be.instanceOf(
        SpoolFullError,
      );
      expect(existsSync(incoming)).to.equal(false);
      expect(spool.count()).to.equal(0);
    });
  });

  it('leaves nothing running behind: a process that closed its spool ends by itself', () => {
    const program = `
      import { implementation } from ${JSON.stringify(implementation.module)};
      const spool = await implementation.open(${JSON.stringify(directory)});
      await spool.close();
      console.log('closed');`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect({ stdout, status }).to.deep.equal({ stdout: 'closed\n', status: 0 });
  });
});
