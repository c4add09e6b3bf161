import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStart, startOf } from '@mailpair/shared/platform/files/read-start';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';

describe('the start of a body', () => {
  it('is the same in memory, however it lies there, and in a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-'));
    const path = join(directory, 'body');
    const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(100), async (octets, most) => {
        const chunks = octets.map((each) => Buffer.from(each));
        const whole = Buffer.concat(chunks);
        writeFileSync(path, whole);
        const facts = { sizeBytes: whole.length, sha256: '', hops: 0, eightBit: false };
        const start = whole.subarray(0, most);
        expect((await readStart({ ...facts, chunks }, most)).equals(start)).to.equal(true);
        expect((await readStart({ ...facts, path }, most)).equals(start)).to.equal(true);
      }),
      { numRuns: 200 },
    );
    rmSync(directory, { recursive: true });
  });

  it('copies nothing that it need not', () => {
    const first = Buffer.alloc(100);
    expect(startOf([first, Buffer.alloc(5)], 50).buffer).to.equal(first.buffer);
    const unread = new Proxy(Buffer.alloc(1), { get: () => expect.fail('was read') });
    expect(startOf([first, Buffer.alloc(1), unread], 101)).to.have.length(101);
  });
});
