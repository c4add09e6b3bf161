import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openKeptMap, type KeptMap } from '@mailpair/shared/platform/maps/kept-map';

describe('a map that is kept over restarts', () => {
  let directory: string;
  let faults: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-kept-'));
    faults = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const path = (): string => join(directory, 'deep', 'test.journal');
  const open = (most = 4, keeps = true): KeptMap<number> =>
    openKeptMap({
      path: path(),
      keeps,
      most,
      format: (key, value) => `${key}=${value}`,
      parse: (line) => {
        const [, key, value] = /^(\w+)=(\d+)$/.exec(line) ?? [];
        return key === undefined ? undefined : [key, Number(value)];
      },
      onFault: ({ message }) => faults.push(message),
    });

  it('has after a restart what was set last', async () => {
    const map = open();
    for (const [key, value] of Object.entries({ a: 1, b: 2 })) map.set(key, value);
    map.set('a', 3);
    await map.close();
    const again = open();
    expect([...again.entries()]).to.deep.equal([
      ['b', 2],
      ['a', 3],
    ]);
    await again.close();
    expect(faults).to.deep.equal([]);
  });

  it('is in memory only where another process writes the journal', async () => {
    const map = open();
    map.set('a', 1);
    await map.close();
    const written = readFileSync(path(), 'utf8');
    const follower = open(4, false);
    expect(follower.get('a')).to.equal(1);
    for (let count = 0; count < 100; count += 1) follower.set(`key${count % 7}`, count);
    expect(follower.get('key1')).to.equal(99);
    await follower.close();
    expect(readFileSync(path(), 'utf8')).to.equal(written);
  });

  it('lets go of what was set the longest ago, and its journal does not grow', async () => {
    const map = open();
    for (let count = 0; count < 1_000; count += 1) map.set(`key${count % 7}`, count);
    expect([...map.keys()]).to.deep.equal(['key2', 'key3', 'key4', 'key5']);
    await map.close();
    expect(readFileSync(path(), 'utf8').split('\n').length).to.be.below(10);
    const again = open();
    expect(again.get('key5')).to.equal(999);
    await again.close();
  });

  it('lets go in the order in which it was set, whatever is set again meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-j]$/)), fc.integer({ min: 1, max: 6 }), (keys, most) => {
        const map = open(most);
        const expected: string[] = [];
        for (const key of keys) {
          map.set(key, 1);
          if (expected.includes(key)) expected.splice(expected.indexOf(key), 1);
          expected.push(key);
          if (expected.length > most) expected.shift();
          expect([...map.keys()]).to.deep.equal(expected);
        }
        rmSync(join(directory, 'deep'), { recursive: true });
      }),
    );
  });

  it('keeps and reports a journal with lines that make no sense; a last one that has no end is none', async () => {
    await open().close();
    writeFileSync(path(), 'a=1\n\0\0\nb=2\nc=3');
    const map = open();
    expect([...map.keys()]).to.deep.equal(['a', 'b']);
    expect(readFileSync(`${path()}.set-aside`, 'utf8')).to.equal('a=1\n\0\0\nb=2\nc=3');
    expect(faults.join()).to.include('1 lines cannot be read').and.to.include('.set-aside');
    await map.close();
  });

  it('goes on without a journal that cannot be written, and says so', async () => {
    writeFileSync(join(directory, 'deep'), 'a file in the way');
    const map = open();
    map.set('a', 1);
    expect(map.get('a')).to.equal(1);
    expect(faults.join()).to.include('deep');
    await map.close();
  });
});
