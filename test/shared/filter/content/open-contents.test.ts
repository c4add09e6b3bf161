import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { bodyOf } from '@mailpair/shared/smtp/server/message-data';
import {
  openContents,
  type ContentRules,
  type Contents,
  type Sender,
} from '@mailpair/shared/filter/content/open-contents';
import { contentNotRead } from '@mailpair/shared/filter/content/read-content';
import { ReadingThread } from '@mailpair/shared/filter/content/reading-thread';
import { ReadingThreads, type ThreadOptions } from '@mailpair/shared/filter/content/reading-threads';
import type { Content } from '@mailpair/shared/platform/values/content';
import { program, tarOf, zipOf } from '../../../support/archives.ts';

const MEGABYTE = 1024 * 1024;
const message = (bytes: number): Buffer =>
  Buffer.from(`From: a@a.test\r\nDate: x\r\nSubject: ${bytes}\r\n\r\n${'x'.repeat(bytes)}\r\n`);
const sender: Sender = { client: { address: '192.0.2.1', port: 1 }, trusted: false };

function attached(name: string, octets: Buffer, subject = 'x'): Buffer {
  const lines = octets.toString('base64').match(/.{1,76}/g) ?? [];
  return Buffer.from(
    [
      'From: a@a.test',
      'Date: x',
      `Subject: ${subject}`,
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'See http://a.test/',
      '--b',
      `Content-Type: a/b; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      ...lines,
      '--b--',
      '',
    ].join('\r\n'),
  );
}

describe('the content of a body', () => {
  let contents: Contents | undefined;
  afterEach(() => contents?.close());

  function open(rules: Partial<ContentRules> = {}): Contents {
    contents = openContents(() => ({
      timeoutMs: 60_000,
      cpuMs: 60_000,
      depth: 3,
      bytes: 100 * MEGABYTE,
      ...rules,
    }));
    return contents;
  }
  const read = async (octets: Buffer): Promise<Content> => contents!.contentOf(bodyOf(octets), sender);

  it('is read once, at once where it is small', () => {
    open();
    const body = bodyOf(message(10));
    const content = contents!.contentOf(body, sender);
    expect(content).to.have.nested.property('facts.subject', '10');
    expect(contents!.contentOf(body, sender)).to.equal(content);
  });

  it('is read in a thread where it is large, in a file, or has something to be opened', async () => {
    open();
    const large = contents!.contentOf(bodyOf(message(200_000)), sender);
    expect(large).to.be.instanceOf(Promise);
    expect((await large).facts.subject).to.equal('200000');
    const directory = mkdtempSync(join(tmpdir(), 'content-'));
    try {
      const path = join(directory, 'body');
      writeFileSync(path, message(5));
      const inFile = { sizeBytes: 5, sha256: '', path, hops: 0, eightBit: false };
      expect((await contents!.contentOf(inFile, sender)).facts.subject).to.equal('5');
    } finally {
      rmSync(directory, { recursive: true });
    }
    const { facts } = await read(attached('x.zip', zipOf([{ name: 'a', content: program }])));
    expect(facts.attachments.map(({ looksLike }) => looksLike)).to.deep.equal(['zip', 'exe']);
  });

  it('is a fault that says why when the file is gone, and the next is read', async () => {
    open();
    const gone = { sizeBytes: 5, sha256: '', path: '/nowhere/at/all', hops: 0, eightBit: false };
    const fault = await Promise.resolve(contents!.contentOf(gone, sender)).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(Error).with.property('message').that.includes('ENOENT');
    expect((await read(message(100_000))).facts.subject).to.equal('100000');
  });

  it('is a fault when there is no time to read it, and when too many wait', async () => {
    open({ timeoutMs: 0 });
    const late = await read(message(100_000)).catch((error: unknown) => error);
    expect(late).to.be.instanceOf(Error);
    open();
    const all = Array.from({ length: 110 }, (_, i) =>
      read(message(70_000 + i)).then(
        () => 'read',
        (error: unknown) => (error as Error).message,
      ),
    );
    const ends = await Promise.all(all);
    expect(ends.filter((end) => end === 'read')).to.have.length(102);
    expect(new Set(ends)).to.deep.equal(new Set(['read', 'too many messages wait to be read']));
    await contents!.close();
    expect(await read(message(100_000)).catch((error: unknown) => (error as Error).message)).to.equal(
      'the gateway is closing',
    );
  });

  it('says what of a message took more than its CPU time, and has the rest', async () => {
    open({ cpuMs: 1 });
    const { facts, text, urls } = await read(attached('x.zip', zipOf([{ name: 'a', content: program }])));
    expect(facts.attachments).to.have.length(1);
    expect(facts.attachments[0]).to.deep.include({
      name: 'x.zip',
      looksLike: 'zip',
      unopened: 'it takes more CPU time than one message may have',
    });
    expect(text).to.include('See');
    expect(urls).to.deep.equal(['http://a.test/']);
  });

  it('is given up where the thread itself does not end, with what was read before', async () => {
    open({ cpuMs: 100, bytes: 2_000 * MEGABYTE });
    const long = Buffer.concat(Array<Buffer>(36).fill(gzipSync(Buffer.alloc(50 * MEGABYTE))));
    const { facts, urls } = await read(attached('x.gz', long));
    expect(facts.attachments[0]).to.include({
      name: 'x.gz',
      unopened: 'it takes more CPU time than one message may have',
    });
    expect(urls).to.deep.equal(['http://a.test/']);
    expect((await read(message(100_000))).facts.subject).to.equal('100000');
  });
});

describe('a thread that reads', () => {
  const threadsOf = (options: Partial<ThreadOptions> = {}): ReadingThreads =>
    new ReadingThreads({
      threads: 2,
      timeoutMs: () => 60_000,
      share: () => ({ count: 60_000, perMs: 60_000, perMessage: 5_000 }),
      waiting: { places: 100, bytes: 100 * MEGABYTE },
      heapMegabytes: 256,
      idleMs: 60_000,
      ...options,
    });
  const unpack = { depth: 3, bytes: 100 * MEGABYTE, cpuMs: 60_000 };
  const client = { address: '192.0.2.1', network: '192.0.2.0/24', trusted: false };
  const taskOf = (octets: Buffer) => ({ octets: new Uint8Array(octets), unpack });

  it('reads a message of another client after one of a client with many, and passes over none', async () => {
    const threads = threadsOf({ threads: 1 });
    const costly = gzipSync(Buffer.alloc(8 * MEGABYTE));
    const ends: string[] = [];
    async function wait(subject: string, octets: Buffer, network: number): Promise<void> {
      const from = { ...client, network: `192.0.${network}.0/24` };
      const outcome = await threads.read(taskOf(attached('x.gz', octets, subject)), from);
      ends.push(outcome.kind === 'read' ? outcome.content.facts.subject : outcome.kind);
    }
    const hostile = Array.from({ length: 10 }, () => wait('hostile', costly, 2));
    await Promise.all([...hostile, wait('legitimate', gzipSync(program), 3)]);
    expect(ends).to.deep.equal(['hostile', 'legitimate', ...Array<string>(9).fill('hostile')]);
    await threads.close();
  });

  it('is ended by a message that takes more memory than there is, and that message is not read later either', async () => {
    const threads = threadsOf({ heapMegabytes: 16 });
    const start =
      'From: a@a.test\r\nSubject: huge\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n';
    // Each line becomes an object of its own.
    const huge = Buffer.concat([Buffer.from(start), Buffer.alloc(3 * MEGABYTE, '!!\n')]);
    expect(await threads.read(taskOf(huge), client)).to.deep.equal({
      kind: 'unopened',
      reason: 'it takes more memory than one message may have',
    });
    expect((await threads.read(taskOf(message(10)), client)).kind).to.equal('read');
    await threads.close();
    const { facts } = contentNotRead(huge.subarray(0, 1_000), 'why');
    expect(facts.subject).to.equal('huge');
    expect(facts.attachments.map(({ unopened }) => unopened)).to.deep.equal(['not read: why']);
  });

  it('is ended when it has nothing to do, and there are no more than there may be', async () => {
    const threads = threadsOf({ idleMs: 10 });
    const kinds = Array.from(
      { length: 5 },
      async () => (await threads.read(taskOf(message(10)), client)).kind,
    );
    expect(threads.size).to.equal(2);
    expect(await Promise.all(kinds)).to.deep.equal(Array<string>(5).fill('read'));
    for (let size = threads.size; size > 0; size = threads.size) await setImmediate();
    await threads.close();
  });

  it('does no more when it keeps much memory', async () => {
    const thread = new ReadingThread(256);
    try {
      expect((await thread.read(taskOf(message(10)), 60_000)).outcome.kind).to.equal('read');
      expect(thread.isSpent).to.equal(false);
      const archive = attached('x.tar', tarOf([{ name: 'a', content: 'x'.repeat(20 * MEGABYTE) }]));
      expect((await thread.read(taskOf(archive), 60_000)).outcome.kind).to.equal('read');
      expect(thread.isSpent).to.equal(true);
    } finally {
      await thread.end();
    }
  });
});

describe('the memory of those who read', () => {
  it('is given back after five archives of 190,000 files each', async function () {
    this.timeout(120_000);
    const contents = openContents(() => ({
      timeoutMs: 60_000,
      cpuMs: 60_000,
      depth: 3,
      bytes: 100 * MEGABYTE,
    }));
    const files = Array.from({ length: 190_000 }, (_, i) => ({ name: `f${i}`, content: '' }));
    const octets = attached('x.tar.gz', gzipSync(tarOf(files)));
    files.length = 0;
    global.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let i = 0; i < 5; i += 1) {
      const { facts } = await contents.contentOf(bodyOf(octets), sender);
      expect(facts.attachments[0]?.unopened).to.equal('it holds more files than are looked at');
      expect(facts.attachments).to.have.length(1_001);
      expect(JSON.stringify(facts)).to.have.length.below(MEGABYTE);
      most = Math.max(most, process.memoryUsage().rss);
    }
    await contents.close();
    expect(most - before).to.be.below(150 * MEGABYTE);
    expect(process.memoryUsage().rss - before).to.be.below(25 * MEGABYTE);
  });
});
