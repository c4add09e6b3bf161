import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRoom } from '@mailpair/shared/spool/store/file-room';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('room in the file of the spool', () => {
  let directory: string;
  let path: string;
  let room: FileRoom;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-room-'));
    path = join(directory, 'file');
    writeFileSync(path, Buffer.alloc(8192, 1));
    room = new FileRoom(path);
  });

  afterEach(() => {
    room.close();
    rmSync(directory, { recursive: true });
  });

  it('is taken beyond what is used, in whole steps, and leaves what is there', () => {
    expect(room.make(8192, 10_000)).to.equal(2 ** 20 - 8192);
    expect(statSync(path).size).to.equal(2 ** 20);
    expect(statSync(path).blocks, 'octets on disk, not a hole').to.be.greaterThan(0);
  });

  it('is taken once for many commits', () => {
    room.make(8192, 10_000);
    expect(room.make(500_000, 500_000)).to.equal(2 ** 20 - 500_000);
    expect(statSync(path).size).to.equal(2 ** 20);
    expect(room.make(1_000_000, 500_000)).to.equal(2 * 2 ** 20 - 1_000_000);
  });
});
