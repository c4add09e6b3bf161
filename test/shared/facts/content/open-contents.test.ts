import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/accept/message-data';
import type { ReadTask } from '@mailpair/shared/facts/content/content-worker';
import { openContents, type Contents } from '@mailpair/shared/facts/content/open-contents';
import { openReadingThreads } from '@mailpair/shared/facts/content/reading-threads';

const unpack = { depth: 3, bytes: 10_000_000 };
const message = (bytes: number): Buffer =>
  Buffer.from(`From: a@a.test\r\nDate: x\r\nSubject: ${bytes}\r\n\r\n${'x'.repeat(bytes)}\r\n`);

describe('the content of a body', () => {
  let contents: Contents | undefined;
  afterEach(() => contents?.close());

  it('is read once, at once where it is small', () => {
    contents = openContents(() => ({ timeoutMs: 10_000, ...unpack }));
    const body = bodyOf(message(10));
    const content = contents.contentOf(body);
    expect(content).to.have.nested.property('facts.subject', '10');
    expect(contents.contentOf(body)).to.equal(content);
  });

  it('is read in a thread where it is large, or in a file', async () => {
    contents = openContents(() => ({ timeoutMs: 10_000, ...unpack }));
    const large = contents.contentOf(bodyOf(message(200_000)));
    expect(large).to.be.instanceOf(Promise);
    expect((await large).facts.subject).to.equal('200000');
    const directory = mkdtempSync(join(tmpdir(), 'content-'));
    try {
      const path = join(directory, 'body');
      writeFileSync(path, message(5));
      const inFile = { sizeBytes: 5, sha256: '', path, hops: 0, eightBit: false };
      expect((await contents.contentOf(inFile)).facts.subject).to.equal('5');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('is a fault that says why when the file is gone, and the next is read', async () => {
    contents = openContents(() => ({ timeoutMs: 10_000, ...unpack }));
    const gone = { sizeBytes: 5, sha256: '', path: '/nowhere/at/all', hops: 0, eightBit: false };
    const fault = await Promise.resolve(contents.contentOf(gone)).catch((error: unknown) => error as Error);
    expect(fault).to.be.instanceOf(Error).with.property('message').that.includes('ENOENT');
    expect((await contents.contentOf(bodyOf(message(100_000)))).facts.subject).to.equal('100000');
  });
});

describe('threads that read', () => {
  it('end a task that takes too long, and do the next', async () => {
    let timeoutMs = 0;
    const threads = openReadingThreads({
      threads: 1,
      timeoutMs: () => timeoutMs,
      waiting: 9,
      heapMegabytes: 64,
    });
    const task = (): ReadTask => ({ octets: new Uint8Array(message(70_000)), unpack });
    const late = await threads.read(task()).catch((error: unknown) => error as Error);
    expect(late).to.be.instanceOf(Error).with.property('message', 'not read within 0 s');
    timeoutMs = 20_000;
    expect((await threads.read(task())).facts.subject).to.equal('70000');
    await threads.close();
  });

  it('refuse what is too much to wait, and what comes after the end', async () => {
    const threads = openReadingThreads({
      threads: 1,
      timeoutMs: () => 20_000,
      waiting: 1,
      heapMegabytes: 64,
    });
    const reads = [1, 2, 3].map((bytes) =>
      threads.read({ octets: new Uint8Array(message(bytes)), unpack }).then(
        ({ facts }) => facts.subject,
        (error: unknown) => (error as Error).message,
      ),
    );
    expect(await Promise.all(reads)).to.deep.equal(['1', '2', 'too many messages wait to be read']);
    await threads.close();
    const after = await threads
      .read({ octets: new Uint8Array(1), unpack })
      .catch((error: unknown) => error as Error);
    expect(after).to.have.property('message', 'the gateway is closing');
  });
});
