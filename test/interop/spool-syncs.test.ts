/** What the kernel was asked for before a message was acknowledged, as strace saw it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { hasCommand, runCommand } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';

const script = join(import.meta.dirname, 'spool-writer.ts');
const traced = 'openat,write,writev,pwrite64,pwritev,fsync,fdatasync,msync,rename,renameat,renameat2';

interface Call {
  readonly name: string;
  readonly args: string;
}

describe('System calls of the spool', () => {
  let directory: string;
  /** Descriptors that were opened with O_DSYNC. */
  let synced: ReadonlySet<string | undefined>;

  before(async function () {
    if (!hasCommand('strace')) skipBecause(this, 'strace is missing: apt install strace');
    const probe = await runCommand('strace', ['-o', '/dev/null', 'true']);
    if (probe.code !== 0) skipBecause(this, `strace may not trace here: ${probe.stderr.trim()}`);
  });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-spool-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** The calls that ended between the lines `start` and `end`, in this order. */
  async function callsOfAdding(count: number, sizeBytes: number): Promise<Call[]> {
    const log = join(directory, 'strace.log');
    const args = ['-f', '-y', '-s', '16', '-e', `trace=${traced}`, '-o', log];
    const spool = join(directory, 'spool');
    const run = await runCommand('strace', [
      ...args,
      process.execPath,
      script,
      spool,
      `${count}`,
      `${sizeBytes}`,
    ]);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout.match(/^acknowledged/gm)).to.have.length(count);
    const calls = endedCalls(readFileSync(log, 'utf8'));
    synced = new Set(
      calls
        .filter(({ name, args }) => name === 'openat' && /\bO_D?SYNC\b/.test(args))
        .map(({ args }) => / = (\d+)</.exec(args)?.[1]),
    );
    const said = (word: string): number => calls.findIndex((call) => call.args.includes(`"${word}`));
    return calls.slice(said('start') + 1, said('end'));
  }

  const journals = ['queue.journal-a', 'queue.journal-b'];
  const fdOf = ({ args }: Call): string | undefined => args.split('<')[0];
  const isSync = ({ name }: Call): boolean => ['fsync', 'fdatasync', 'msync'].includes(name);
  const isOf = (file: string, { args }: Call): boolean => args.includes(`${file}>`);
  const isWriteToJournal = (call: Call): boolean =>
    call.name === 'pwrite64' && journals.some((journal) => isOf(journal, call) && synced.has(fdOf(call)));
  const isAcknowledgement = ({ args }: Call): boolean => args.includes('"acknowledged');

  it('syncs fewer times than it acknowledges when fifty add at once, synchronous writes counted too', async () => {
    const calls = await callsOfAdding(1_000, 4096);
    const syncs = calls.filter(isSync).length;
    const synced = calls.filter(isWriteToJournal).length;
    expect(synced).to.be.greaterThan(0);
    // Each commit is one write to a file opened with O_DSYNC; moving them into the map syncs twice.
    expect(synced + 2 * syncs).to.be.lessThan(1_000 / 6);
  });

  it('acknowledges after one write to the journal, which was opened with O_DSYNC', async () => {
    const calls = await callsOfAdding(1, 4096);
    const steps = calls.filter((call) => isWriteToJournal(call) || isSync(call) || isAcknowledgement(call));
    expect(steps.map((call) => (isAcknowledgement(call) ? 'acknowledge' : call.name))).to.deep.equal([
      'pwrite64',
      'acknowledge',
    ]);
  });

  it('syncs the file of a large body, renames it and syncs the directory before it writes the entry', async () => {
    const calls = await callsOfAdding(1, 128 * 1024);
    const steps = calls.flatMap((call) => {
      if (call.name.startsWith('rename')) return ['rename'];
      if (isWriteToJournal(call)) return ['write entry'];
      if (isSync(call)) return [isOf('bodies', call) ? 'sync directory' : 'sync file'];
      return isAcknowledgement(call) ? ['acknowledge'] : [];
    });
    expect(steps).to.deep.equal(['sync file', 'rename', 'sync directory', 'write entry', 'acknowledge']);
  });
});

/** The calls of a log of `strace -f`, each where it ended; calls of several threads are told in two halves. */
function endedCalls(log: string): Call[] {
  const begun = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of log.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(pid, rest);
      continue;
    }
    const whole = rest.startsWith('<... ') ? (begun.get(pid) ?? '') : rest;
    const [, name, args = ''] = /^(\w+)\((.*)$/.exec(whole) ?? [];
    if (name !== undefined) calls.push({ name, args });
  }
  return calls;
}
