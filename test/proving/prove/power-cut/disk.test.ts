import { seededChance } from '@mailpair/proving/loopback/chance';
import { Disk, type Image } from '@mailpair/proving/prove/power-cut/disk';
import type { Deed, Operation } from '@mailpair/proving/prove/power-cut/operation';
import { powerCuts } from '@mailpair/proving/prove/power-cut/replay';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

const PATH = '/spool/queue.mdb';
const create: Deed = { kind: 'create', path: PATH };
const syncNames: Deed = { kind: 'sync', path: '/spool' };
const sync: Deed = { kind: 'sync', path: PATH };
const write = (at: number, text: string, isSynced = false): Deed => ({
  kind: 'write',
  path: PATH,
  at,
  octets: Buffer.from(text),
  isSynced,
});

const inTurn = (deeds: readonly Deed[]): Operation[] =>
  deeds.map((deed, index) => ({ ...deed, begin: 2 * index, end: 2 * index + 1, atMs: index }));

function diskAfter(...deeds: Deed[]): Disk {
  const disk = new Disk();
  for (const operation of inTurn(deeds)) {
    disk.begin(operation);
    disk.finish(operation);
  }
  return disk;
}

const textIn = (image: Image, path = PATH): string | undefined => image.get(path)?.toString();
/** What is there for certain, and all that there may be. */
const least = (disk: Disk, path = PATH) => textIn(disk.cut(0, seededChance('x')), path);
const many = (disk: Disk, path = PATH): Set<string | undefined> =>
  new Set(Array.from({ length: 60 }, (_, seed) => textIn(disk.cut(0.5, seededChance(String(seed))), path)));

describe('a disk after a power cut', () => {
  it('has what was synced, whatever came after', () => {
    const disk = diskAfter(create, syncNames, write(0, 'kept'), sync, write(0, 'lost'));
    expect(least(disk)).to.equal('kept');
    expect(many(disk)).to.deep.equal(new Set(['kept', 'lost']));
    expect(textIn(disk.whole())).to.equal('lost');
  });

  it('has no file whose name was not synced, though its octets were', () => {
    expect(least(diskAfter(create, write(0, 'x'), sync))).to.equal(undefined);
  });

  it('has what was written to a file that syncs each write, and not what was written by another way', () => {
    expect(least(diskAfter(create, syncNames, write(0, 'ab'), write(2, 'cd', true)))).to.equal('\0\0cd');
  });

  it('has not what a sync came too early for', () => {
    const disk = new Disk();
    const [make, names, late, early] = inTurn([create, syncNames, write(0, 'x'), sync]) as [
      Operation,
      Operation,
      Operation,
      Operation,
    ];
    for (const operation of [make, names]) {
      disk.begin(operation);
      disk.finish(operation);
    }
    // The write is under way when the sync begins.
    disk.begin({ ...late, end: 9 });
    disk.begin(early);
    disk.finish(early);
    expect(least(disk)).to.equal('');
  });

  it('has any of the sectors of a write, and no part of one', () => {
    const disk = diskAfter(create, syncNames, write(0, 'a'.repeat(1024)));
    const sector = (octet: string): string => octet.repeat(512);
    expect(many(disk)).to.include.all.keys(
      sector('a') + sector('a'),
      sector('\0') + sector('a'),
      sector('a'),
      '',
    );
    expect(many(disk).size).to.equal(4);
  });

  it('has a renamed file under its old name, its new one, or both, until the directory is synced', () => {
    const moved: Deed[] = [
      create,
      syncNames,
      write(0, 'x'),
      sync,
      { kind: 'rename', from: PATH, to: '/spool/bodies/1' },
    ];
    expect([least(diskAfter(...moved)), least(diskAfter(...moved), '/spool/bodies/1')]).to.deep.equal([
      'x',
      undefined,
    ]);
    const synced = diskAfter(...moved, { kind: 'sync', path: '/spool/bodies' });
    expect([least(synced), least(synced, '/spool/bodies/1')]).to.deep.equal(['x', 'x']);
  });

  it('may have a file that was removed, until the directory is synced', () => {
    const removed: Deed[] = [create, write(0, 'x'), sync, syncNames, { kind: 'unlink', path: PATH }];
    expect(least(diskAfter(...removed))).to.equal('x');
    expect(least(diskAfter(...removed, syncNames))).to.equal(undefined);
  });

  it('never loses a synced octet that was not written again', () => {
    const deeds = fc.array(
      fc.oneof(
        fc.record({ at: fc.nat(3000), length: fc.integer({ min: 1, max: 1500 }), isSynced: fc.boolean() }),
        fc.constant('sync' as const),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(deeds, fc.string(), (drawn, seed) => {
        const lettered = drawn.map((deed, index): Deed =>
          deed === 'sync'
            ? sync
            : write(deed.at, String.fromCharCode(65 + index).repeat(deed.length), deed.isSynced),
        );
        const expected = Buffer.alloc(5000);
        const isOpen = new Uint8Array(5000);
        for (const deed of lettered) {
          if (deed.kind === 'sync') isOpen.fill(0);
          if (deed.kind !== 'write') continue;
          isOpen.fill(deed.isSynced ? 0 : 1, deed.at, deed.at + deed.octets.length);
          deed.octets.copy(expected, deed.at);
        }
        const image = diskAfter(create, syncNames, ...lettered)
          .cut(0.5, seededChance(seed))
          .get(PATH)!;
        expect(image.findIndex((octet, at) => !isOpen[at] && octet !== expected[at])).to.equal(-1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('power cuts', () => {
  const operations = inTurn([
    create,
    syncNames,
    write(0, 'x'),
    sync,
    { kind: 'say', octets: Buffer.from('250') },
  ]);

  it('are made before and after each sync and reply, twice', () => {
    const cuts = [...powerCuts(operations, seededChance('x'), 1000)];
    expect(cuts).to.have.length(12);
    expect(new Set(cuts.map(({ at }) => at))).to.deep.equal(new Set([2, 3, 6, 7, 8, 9]));
    expect(textIn(cuts.at(-2)!.image)).to.equal('x');
  });

  it('are at most as many as asked for, from all over', () => {
    const long = inTurn(Array.from({ length: 500 }, () => sync));
    const cuts = [...powerCuts(long, seededChance('x'), 100)];
    expect(cuts.length).to.be.within(90, 102);
    expect(cuts.at(-1)!.at).to.be.above(900);
  });
});
