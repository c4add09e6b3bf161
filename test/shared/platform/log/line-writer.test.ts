import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createLineWriter, type LineWriter } from '@mailpair/shared/platform/log/line-writer';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

describe('the writer of log lines', () => {
  let directory: string;
  let path: string;
  let fd: number;
  let writer: LineWriter;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-lines-'));
    path = join(directory, 'log');
    fd = openSync(path, 'w');
    writer = createLineWriter(fd);
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  });

  const linesOf = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i}\n`).join('');

  it('writes nothing of its own accord before a batch is full', () => {
    writer.write(() => 'one');
    expect(readFileSync(path, 'utf8')).to.equal('');
    writer.flushSync();
    expect(readFileSync(path, 'utf8')).to.equal('one\n');
  });

  it('writes what would steer a terminal as JSON does, and other letters as they are', () => {
    const fields = { helo: '\x9b31m\u202egpj.exe\u2028', subject: 'Größe 大きさ' };
    writer.write(() => JSON.stringify(fields));
    writer.write(() => 'two');
    writer.flushSync();
    const [one = '', two] = readFileSync(path, 'utf8').split('\n');
    expect(one).to.equal('{"helo":"\\u009b31m\\u202egpj.exe\\u2028","subject":"Größe 大きさ"}');
    expect(JSON.parse(one)).to.deep.equal(fields);
    expect(two).to.equal('two');
  });

  it('writes many lines in order, whole, also while it is writing', async () => {
    const count = 20_000;
    for (let i = 0; i < count; i += 1) {
      writer.write(() => `line ${i}`);
      if (i % 1000 === 0) await setImmediate();
    }
    while (readFileSync(path, 'utf8').length < linesOf(count).length)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(readFileSync(path, 'utf8')).to.equal(linesOf(count));
  });

  it('writes a line whose time comes while another is being written, though no line follows', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      for (const line of ['one', 'two']) {
        writer.write(() => line);
        mock.timers.tick(100);
      }
    } finally {
      mock.timers.reset();
    }
    while (readFileSync(path, 'utf8') !== 'one\ntwo\n') await setImmediate();
  }).timeout(10_000);

  it('writes whole lines, no more at a time than it may, where others write too', () => {
    const limited = createLineWriter(fd, 100);
    const long = 'x'.repeat(250);
    for (let i = 0; i < 50; i += 1) limited.write(() => (i === 25 ? long : `line ${i}`));
    limited.flushSync();
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).to.have.length(51);
    expect([lines[0], lines[25], lines[49]]).to.deep.equal(['line 0', 'x'.repeat(250), 'line 49']);
  });

  it('writes what is left at the end of a process', () => {
    const module = import.meta.resolve('@mailpair/shared/platform/log/line-writer');
    const script = `import { createLineWriter } from '${module}'; const w = createLineWriter(1);
      w.write(() => 'last words'); w.flushSync(); process.exit();`;
    const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    expect(said).to.equal('last words\n');
  });
});
