/**
 * What every Spool must do, whatever it is built on. An implementation exports itself as `implementation` from a
 * module of its own, so that a child process can open it and be killed.
 */
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import type { Damage, Spool } from '@mailpair/shared/spool/store/spool';
import { DamagedEntryError } from '@mailpair/shared/spool/store/spool';
import type { Body } from '@mailpair/shared/platform/values/body';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dueOf, nextDueAt } from '../support/due.ts';
import { rejection } from '../support/rejection.ts';
import { sumsOfEntries, sumsOfParts } from '../support/queue-sums.ts';
import { bodyOf, bodyText, dueAgain, entryOf, octetsOf } from '../support/spool-mail.ts';
import { killAfter } from './spool-kill.ts';
import { spoolModel } from './spool-model.ts';

export interface SpoolImplementation {
  readonly open: (directory: string, onDamage?: (damage: Damage) => void) => Promise<Spool>;
  /** The URL of the module that exports this. */
  readonly module: string;
  /** Bodies of this size are kept as files. */
  readonly largeBodyBytes: number;
  /** Spoil what is stored; the spool is closed. */
  readonly spoilEntry: (directory: string, id: string) => Promise<void>;
  readonly spoilBody: (directory: string, id: string) => Promise<void>;
  readonly loseBody: (directory: string, id: string) => Promise<void>;
}

const none = (): boolean => false;
const ids = (entries: Iterable<Pick<Entry, 'id'>>): string[] => [...entries].map(({ id }) => id);

export function spoolConformance(name: string, implementation: SpoolImplementation): void {
  describe(`Spool conformance: ${name}`, () => {
    let directory: string;
    let spool: Spool;
    let damages: Damage[];

    const open = async (): Promise<void> => {
      spool = await implementation.open(directory, (damage) => damages.push(damage));
    };
    const reopen = async (meanwhile: () => Promise<void> = async () => {}): Promise<void> => {
      await spool.close();
      await meanwhile();
      await open();
    };
    const largeOctets = (): Buffer =>
      Buffer.alloc(implementation.largeBodyBytes + 7, 'large body \xe9\r\n', 'latin1');

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'mailpair-spool-'));
      damages = [];
      await open();
    });

    afterEach(async () => {
      await spool.close();
      rmSync(directory, { recursive: true, force: true });
    });

    describe('adding, reading, removing', () => {
      it('returns an entry exactly as it was added', async () => {
        const body = bodyText('x\r\n');
        const entry = entryOf('a', body, {
          reversePath: 'jörg@пример.рф',
          smtpUtf8: true,
          ret: 'hdrs',
          envid: 'QQ314159',
          recipients: [
            {
              address: 'ü@example.com',
              notify: ['failure', 'delay'],
              status: 'queued',
              attempts: 0,
              dueAt: 5,
            },
          ],
        });
        await spool.add(entry, body);
        expect(spool.get('a')).to.deep.equal(entry);
      });

      it('knows nothing of an id that was never added', () => {
        expect(spool.get('nobody')).to.equal(undefined);
      });

      it('counts what it holds', async () => {
        const body = bodyText('x');
        await Promise.all(['a', 'b', 'c'].map((id) => spool.add(entryOf(id, body), body)));
        await spool.remove('b');
        expect(spool.count()).to.equal(2);
      });

      it('forgets an entry and its place in the order when it is removed', async () => {
        const body = bodyText('x');
        const entry = entryOf('a', body);
        await spool.add(entry, body);
        await spool.remove('a');
        expect(spool.get('a')).to.equal(undefined);
        expect(dueOf(spool, 9, 9, none)).to.deep.equal([]);
        expect(nextDueAt(spool, none)).to.equal(Infinity);
        const error = await rejection(spool.body(entry));
        expect(error).not.to.be.instanceOf(DamagedEntryError);
      });

      it('takes the removal of what is gone for done', async () => {
        await spool.remove('nobody');
        expect(spool.count()).to.equal(0);
      });

      it('refuses an id it has already, and keeps what it had', async () => {
        const first = bodyText('first');
        const second = bodyText('second');
        await spool.add(entryOf('a', first), first);
        await rejection(spool.add(entryOf('a', second), second));
        expect(octetsOf(await spool.body(entryOf('a', first))).toString()).to.equal('first');
        expect(spool.count()).to.equal(1);
      });

      it('lists by time of receipt, from after the id it is told', async () => {
        const body = bodyText('x');
        const wanted = Array.from({ length: 25 }, (_, index) => `id${String(index).padStart(3, '0')}`);
        await Promise.all(wanted.toReversed().map((id) => spool.add(entryOf(id, body), body)));
        expect(ids(spool.list())).to.deep.equal(wanted);
        expect(ids(spool.list('id019'))).to.deep.equal(wanted.slice(20));
      });

      it('gives what it lists unread, and where it goes to as far as that is known', async () => {
        const body = bodyText('x');
        const to = (id: string, ...addresses: string[]): Entry => {
          const entry = entryOf(id, body);
          return { ...entry, recipients: addresses.map((address) => ({ ...entry.recipients[0]!, address })) };
        };
        const entries = [
          to('a', 'x@one.example', 'y@one.example'),
          to('b', 'x@one.example', 'x@two.example'),
          { ...to('c', 'x@one.example'), held: true },
          to('d', 'x@two.example'),
        ];
        for (const entry of entries) await spool.add(entry, body);
        const texts = [...spool.texts()];
        expect(texts.map(({ json }) => JSON.parse(json) as unknown)).to.deep.equal(entries);
        expect(texts.map(({ id, domain }) => [id, domain])).to.deep.equal([
          ['a', 'one.example'],
          ['b', undefined],
          ['c', undefined],
          ['d', 'two.example'],
        ]);
        expect(ids(spool.texts('b'))).to.deep.equal(['c', 'd']);
      });

      it('lists on while entries are removed between two steps', async () => {
        const body = bodyText('x');
        for (const id of ['a', 'b', 'c', 'd']) await spool.add(entryOf(id, body), body);
        const seen: string[] = [];
        for (const { id } of spool.list()) {
          seen.push(id);
          await spool.remove(id);
        }
        expect(seen).to.deep.equal(['a', 'b', 'c', 'd']);
        expect(spool.count()).to.equal(0);
      });
    });

    describe('updating', () => {
      it('replaces the state and keeps the body', async () => {
        const body = bodyText('kept');
        const entry = entryOf('a', body);
        await spool.add(entry, body);
        const changed = dueAgain(entry, 500);
        await spool.update(changed);
        expect(spool.get('a')).to.deep.equal(changed);
        expect(octetsOf(await spool.body(changed)).toString()).to.equal('kept');
      });

      it('does nothing to an entry that was removed', async () => {
        const body = bodyText('x');
        const entry = entryOf('a', body);
        await spool.add(entry, body);
        await spool.remove('a');
        await spool.update(dueAgain(entry, 7));
        expect(spool.get('a')).to.equal(undefined);
        expect(spool.count()).to.equal(0);
        expect(dueOf(spool, 100, 10, none)).to.deep.equal([]);
      });

      it('makes changes in the order they were asked for, without waiting in between', async () => {
        const body = bodyText('x');
        const entry = entryOf('a', body);
        await Promise.all([
          spool.add(entry, body),
          spool.update(dueAgain(entry, 1)),
          spool.update(dueAgain(entry, 2)),
          spool.add(entryOf('b', body), body),
          spool.remove('b'),
          spool.update(dueAgain(entryOf('b', body), 3)),
        ]);
        expect(spool.get('a')?.recipients[0]?.dueAt).to.equal(2);
        expect(spool.get('b')).to.equal(undefined);
        expect(ids(dueOf(spool, 10, 10, none))).to.deep.equal(['a']);
      });
    });

    describe('the order of what is due', () => {
      beforeEach(async () => {
        const body = bodyText('x');
        const times = { late: 300, early: 100, middle: 200, held: 50 };
        for (const [id, dueAt] of Object.entries(times))
          await spool.add(dueAgain(entryOf(id, body, { held: id === 'held' }), dueAt), body);
      });

      it('gives the earliest first, up to the limit and to now', () => {
        expect(ids(dueOf(spool, 300, 10, none))).to.deep.equal(['early', 'middle', 'late']);
        expect(ids(dueOf(spool, 299, 10, none))).to.deep.equal(['early', 'middle']);
        expect(ids(dueOf(spool, 300, 1, none))).to.deep.equal(['early']);
        expect(ids(dueOf(spool, 99, 10, none))).to.deep.equal([]);
        expect(ids(dueOf(spool, 300, 0, none))).to.deep.equal([]);
      });

      it('leaves out what it is told to skip, and fills the limit from behind it', () => {
        expect(ids(dueOf(spool, 300, 1, (id) => id === 'early'))).to.deep.equal(['middle']);
        expect(nextDueAt(spool, (id) => id === 'early')).to.equal(200);
      });

      it('knows when the next is due, and that nothing is', async () => {
        expect(nextDueAt(spool, none)).to.equal(100);
        for (const id of ['early', 'middle', 'late']) await spool.remove(id);
        expect(nextDueAt(spool, none)).to.equal(Infinity);
      });

      it('never gives a held entry, until it is released', async () => {
        const { held: _held, ...released } = spool.get('held') as Entry;
        expect(ids(dueOf(spool, 1e12, 10, none))).not.to.include('held');
        await spool.update(released);
        expect(ids(dueOf(spool, 1e12, 10, none))).to.deep.equal(['held', 'early', 'middle', 'late']);
      });

      it('gives the held entries by themselves, by time of receipt, as they are held and released', async () => {
        expect(ids(spool.held())).to.deep.equal(['held']);
        await spool.update({ ...(spool.get('early') as Entry), held: true });
        await spool.update({ ...(spool.get('late') as Entry), held: true });
        expect(ids(spool.held())).to.deep.equal(['early', 'held', 'late']);
        expect(ids(spool.held('early'))).to.deep.equal(['held', 'late']);
        await spool.update({ ...(spool.get('held') as Entry), held: false });
        await spool.remove('late');
        expect(ids(spool.held())).to.deep.equal(['early']);
      });

      it('keeps the order over a restart', async () => {
        await reopen();
        expect(ids(dueOf(spool, 300, 10, none))).to.deep.equal(['early', 'middle', 'late']);
        expect(nextDueAt(spool, none)).to.equal(100);
        expect(spool.count()).to.equal(4);
      });

      it('orders by the earliest recipient that is still open', async () => {
        const entry = spool.get('late') as Entry;
        await spool.update({
          ...entry,
          recipients: [
            { address: 'a@example.com', status: 'relayed', attempts: 1, dueAt: 1 },
            { address: 'b@example.com', status: 'queued', attempts: 1, dueAt: 150 },
          ],
        });
        expect(ids(dueOf(spool, 300, 10, none))).to.deep.equal(['early', 'late', 'middle']);
      });
    });

    describe('lanes', () => {
      const mail = (id: string, address: string, dueAt: number, submitter?: string): Entry => {
        const entry = entryOf(id, bodyText('x'));
        return {
          ...entry,
          recipients: [{ address, status: 'queued', attempts: 0, dueAt }],
          origin: { ...entry.origin, ...(submitter !== undefined && { submitter }) },
        };
      };
      const add = (...entries: Entry[]): Promise<unknown> =>
        Promise.all(entries.map((entry) => spool.add(entry, bodyText('x'))));

      it('are by domain and submitter, each with the time its first is due, before and after a restart', async () => {
        await add(
          mail('a', 'x@one.example', 30, 'anna'),
          mail('b', 'y@one.example', 20, 'anna'),
          mail('c', 'x@one.example', 40, 'bert'),
          mail('d', 'x@two.example', 10, 'anna'),
          { ...mail('e', 'x@two.example', 5, 'anna'), held: true },
        );
        const wanted = [
          { lane: 'one.example anna', dueAt: 20 },
          { lane: 'one.example bert', dueAt: 40 },
          { lane: 'two.example anna', dueAt: 10 },
        ];
        expect([...spool.lanes()]).to.have.deep.members(wanted);
        await reopen();
        expect([...spool.lanes()]).to.have.deep.members(wanted);
        expect(['a', 'd', 'e'].map((id) => spool.laneOf(spool.get(id)!))).to.deep.equal([
          'one.example anna',
          'two.example anna',
          undefined,
        ]);
        expect(ids(spool.due('one.example anna', 100, 10).entries)).to.deep.equal(['b', 'a']);
      });

      it('add up, together with what lies in none that has a domain', async () => {
        const several = mail('f', 'x@one.example', 30);
        await add(
          mail('c', 'x@one.example', 30, 'anna'),
          mail('b', 'y@one.example', 20, 'anna'),
          mail('a', 'x@one.example', 40, 'bert'),
          mail('d', 'x@two.example', 10, 'anna'),
          { ...mail('e', 'x@two.example', 5, 'anna'), held: true },
          {
            ...several,
            recipients: [...several.recipients, { ...several.recipients[0]!, address: 'x@two.example' }],
          },
        );
        const check = (): void => {
          const sums = sumsOfParts(spool);
          expect(sums).to.deep.equal(sumsOfEntries(spool));
          expect(sums.get('one.example')).to.deep.equal({
            entries: 3,
            sizeBytes: 3 * bodyText('x').sizeBytes,
            oldest: 'a',
            dueAt: 20,
          });
          expect(sums.get('two.example')).to.deep.include({ entries: 2, oldest: 'd' });
        };
        check();
        await reopen();
        check();
      });

      it('are read on from where the last reading ended, and say when the next is due', async () => {
        for (let n = 0; n < 5; n += 1) await add(mail(`id${n}`, 'x@one.example', n * 10));
        const lane = 'one.example ';
        const first = spool.due(lane, 35, 3);
        expect([ids(first.entries), first.nextDueAt]).to.deep.equal([['id0', 'id1', 'id2'], 30]);
        const second = spool.due(lane, 35, 3, { after: first.last });
        expect([ids(second.entries), second.nextDueAt]).to.deep.equal([['id3'], 40]);
        expect(spool.due(lane, 35, 3, { after: second.last })).to.deep.include({
          entries: [],
          nextDueAt: 40,
        });
        expect(spool.due(lane, 100, 9, { after: second.last }).nextDueAt).to.equal(Infinity);
        expect(ids(spool.due(lane, 100, 2, { skip: (id) => id < 'id3' }).entries)).to.deep.equal([
          'id3',
          'id4',
        ]);
      });

      it('end when nothing is in them, and an entry changes them as its recipients are settled', async () => {
        const entry = mail('a', 'x@one.example', 10);
        const both = {
          ...entry,
          recipients: [...entry.recipients, { ...entry.recipients[0]!, address: 'x@two.example' }],
        };
        await add(both);
        expect([...spool.lanes()]).to.deep.equal([{ lane: '* ', dueAt: 10 }]);
        await spool.update({
          ...both,
          recipients: [
            { ...both.recipients[0]!, status: 'relayed' },
            { ...both.recipients[1]!, dueAt: 70 },
          ],
        });
        expect([...spool.lanes()]).to.deep.equal([{ lane: 'two.example ', dueAt: 70 }]);
        await spool.remove('a');
        expect([...spool.lanes()]).to.deep.equal([]);
      });
    });

    describe('bodies', () => {
      const everyOctet = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
      const cases: [string, Buffer[]][] = [
        ['no octet', []],
        ['every octet, NUL and 255 included', [everyOctet]],
        ['several chunks', [Buffer.from('Subject: x\r\n\r\n'), everyOctet, Buffer.from('\r\n.\r\n')]],
      ];
      for (const [what, chunks] of cases)
        it(`gives back a body of ${what}, octet by octet, before and after a restart`, async () => {
          const body = bodyOf(...chunks);
          const entry = entryOf('a', body);
          await spool.add(entry, body);
          expect(octetsOf(await spool.body(entry))).to.deep.equal(Buffer.concat(chunks));
          await reopen();
          const { chunks: _chunks, path: _path, ...facts } = await spool.body(entry);
          expect(octetsOf(await spool.body(entry))).to.deep.equal(Buffer.concat(chunks));
          expect(facts).to.deep.equal({
            sizeBytes: body.sizeBytes,
            sha256: body.sha256,
            hops: body.hops,
            eightBit: body.eightBit,
          });
        });

      it('gives back a large body that came in chunks as a file', async () => {
        const octets = largeOctets();
        const body = bodyOf(octets.subarray(0, 1000), octets.subarray(1000));
        const entry = entryOf('a', body);
        await spool.add(entry, body);
        await reopen();
        const { path } = await spool.body(entry);
        expect(readFileSync(path as string).equals(octets)).to.equal(true);
      });

      it('takes a body that came as a file, for several entries if need be, and removes it with each', async () => {
        const octets = largeOctets();
        const incoming = join(spool.incomingDirectory, 'incoming-1');
        writeFileSync(incoming, octets);
        const { chunks: _chunks, ...facts } = bodyOf(octets);
        const entry = entryOf('a', facts);
        const other = entryOf('b', facts);
        await spool.add(entry, { ...facts, path: incoming });
        await spool.add(other, { ...facts, path: incoming });
        rmSync(incoming);
        await reopen();
        const { path, hops } = await spool.body(entry);
        expect(readFileSync(path as string).equals(octets)).to.equal(true);
        expect(hops).to.equal(facts.hops);
        await spool.remove('a');
        expect(() => readFileSync(path as string)).to.throw('ENOENT');
        const kept = await spool.body(other);
        expect(readFileSync(kept.path as string).equals(octets)).to.equal(true);
      });
    });

    describe('damage', () => {
      const large = (): Body => bodyOf(largeOctets());
      const small = (): Body => bodyText('small');
      const spoils = ['spoilBody', 'loseBody'] as const;
      for (const spoil of spoils)
        for (const [size, make] of [['small', small] as const, ['large', large] as const])
          it(`sets an entry aside after ${spoil} of a ${size} body, and says so`, async () => {
            const body = make();
            const entry = entryOf('bad', body);
            await spool.add(entry, body);
            await spool.add(entryOf('good', body), body);
            await reopen(() => implementation[spoil](directory, 'bad'));
            // A body that is gone may be noticed when the spool is opened.
            if (spool.get('bad'))
              expect(await rejection(spool.body(entry))).to.be.instanceOf(DamagedEntryError);
            expect(damages.map(({ id }) => id)).to.deep.equal(['bad']);
            expect(damages[0]?.fault).to.match(/body/);
            expect(spool.damaged()).to.deep.equal(damages);
            expect(ids(dueOf(spool, 1e12, 10, none))).to.deep.equal(['good']);
            expect(spool.count()).to.equal(1);
            await reopen();
            expect(spool.damaged()).to.deep.equal(damages);
            expect(spool.get('bad')).to.equal(undefined);
            expect(octetsOf(await spool.body(entryOf('good', body)))).to.deep.equal(octetsOf(body));
          });

      it('sets an entry aside whose state cannot be read, and goes on with the others', async () => {
        const body = bodyText('x');
        for (const id of ['a', 'bad', 'c']) await spool.add(entryOf(id, body), body);
        await reopen(() => implementation.spoilEntry(directory, 'bad'));
        expect(ids(spool.texts())).to.deep.equal(['a', 'bad', 'c']);
        expect(ids(dueOf(spool, 1e12, 10, none))).to.deep.equal(['a', 'c']);
        expect(ids(spool.list())).to.deep.equal(['a', 'c']);
        expect(spool.get('bad')).to.equal(undefined);
        await reopen();
        expect(damages.map(({ id }) => id)).to.deep.equal(['bad']);
        expect(spool.damaged()).to.deep.equal(damages);
        expect(spool.count()).to.equal(2);
      });
    });

    describe('kill -9', () => {
      it('still has every message it acknowledged before kill -9, with its body', async () => {
        await spool.close();
        const child = await killAfter(implementation.module, directory, 120);
        await open();
        expect(child.added.length).to.be.at.least(100);
        for (const id of child.added) {
          const entry = spool.get(id);
          expect(entry, `entry ${id}`).not.to.equal(undefined);
          const octets = octetsOf(await spool.body(entry as Entry));
          expect(hash('sha256', octets)).to.equal((entry as Entry).body.sha256);
        }
        for (const id of child.removed) expect(spool.get(id), `removed ${id}`).to.equal(undefined);
        for (const [id, dueAt] of child.updated) expect(spool.get(id)?.recipients[0]?.dueAt).to.equal(dueAt);
        expect(spool.damaged()).to.deep.equal([]);
      });
    });

    it('does what a plain map would do, whatever it is asked and however often it is opened again', async function () {
      this.timeout(60_000);
      await spoolModel({ current: () => spool, reopen });
    });
  });
}
