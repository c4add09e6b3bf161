import { readTrace } from '@mailpair/proving/prove/power-cut/trace';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const hex = (text: string): string =>
  [...Buffer.from(text, 'latin1')].map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`).join('');
const q = (text: string): string => `"${hex(text)}"`;
const fd = (number: number, path: string): string => `${number}<${hex(path)}>`;

/** Each as strace writes it after the thread and the time. */
function read(...lines: string[]) {
  const text = lines
    .map(
      (line, index) =>
        `${/^\d+ /.test(line) ? line.replace(/ /, ` 170000000${index}.5 `) : `77 170000000${index}.5 ${line}`}\n`,
    )
    .join('');
  return readTrace(text, '/spool').map(({ begin, end, atMs: _atMs, ...deed }) => ({
    ...deed,
    at2: [begin, end],
  }));
}

describe('a recording by strace', () => {
  it('is read: files made, written at a place or where one is, synced', () => {
    const file = fd(5, '/spool/queue.mdb');
    expect(
      read(
        `openat(AT_FDCWD<${hex('/root')}>, ${q('/spool/queue.mdb')}, O_RDWR|O_CREAT|O_CLOEXEC, 0600) = ${file}`,
        `pwrite64(${file}, ${q('abcd')}, 4, 8192) = 4`,
        `lseek(${file}, 100, SEEK_SET) = 100`,
        `writev(${file}, [{iov_base=${q('ef')}, iov_len=2}, {iov_base=${q('gh')}, iov_len=2}], 2) = 3`,
        `write(${file}, ${q('x')}, 1) = 1`,
        `pwritev2(${file}, [{iov_base=${q('z')}, iov_len=1}], 1, 7, 0) = 1`,
        `fdatasync(${file}) = 0`,
      ),
    ).to.deep.equal([
      { kind: 'create', path: '/spool/queue.mdb', at2: [0, 0] },
      {
        kind: 'write',
        path: '/spool/queue.mdb',
        at: 8192,
        octets: Buffer.from('abcd'),
        isSynced: false,
        at2: [1, 1],
      },
      {
        kind: 'write',
        path: '/spool/queue.mdb',
        at: 100,
        octets: Buffer.from('efg'),
        isSynced: false,
        at2: [3, 3],
      },
      {
        kind: 'write',
        path: '/spool/queue.mdb',
        at: 103,
        octets: Buffer.from('x'),
        isSynced: false,
        at2: [4, 4],
      },
      {
        kind: 'write',
        path: '/spool/queue.mdb',
        at: 7,
        octets: Buffer.from('z'),
        isSynced: false,
        at2: [5, 5],
      },
      { kind: 'sync', path: '/spool/queue.mdb', at2: [6, 6] },
    ]);
  });

  it('knows files of which each write is synced, and those that are written at their end', () => {
    const [synced, appended] = [fd(5, '/spool/a'), fd(6, '/spool/b')];
    const deeds = read(
      `openat(AT_FDCWD<${hex('/')}>, ${q('/spool/a')}, O_WRONLY|O_DSYNC) = ${synced}`,
      `openat(AT_FDCWD<${hex('/')}>, ${q('/spool/b')}, O_WRONLY|O_APPEND) = ${appended}`,
      `pwrite64(${synced}, ${q('a')}, 1, 0) = 1`,
      `write(${appended}, ${q('bb')}, 2) = 2`,
      `write(${appended}, ${q('b')}, 1) = 1`,
    );
    expect(deeds.map((deed) => (deed.kind === 'write' ? [deed.isSynced, deed.at] : []))).to.deep.equal([
      [true, 0],
      [false, 0],
      [false, 2],
    ]);
  });

  it('joins a call that others interrupted, from where it began to where it was done', () => {
    expect(
      read(
        `11 fsync(${fd(5, '/spool/x')} <unfinished ...>`,
        `12 write(${fd(9, 'socket:[1]')}, ${q('250 ok')}, 6) = 6`,
        '11 <... fsync resumed>) = 0',
      ),
    ).to.deep.equal([
      { kind: 'sync', path: '/spool/x', at2: [0, 2] },
      { kind: 'say', octets: Buffer.from('250 ok'), at2: [1, 1] },
    ]);
  });

  it('leaves out what failed and what lies elsewhere', () => {
    expect(
      read(
        `mkdir(${q('/spool/bodies')}, 0700) = -1 EEXIST (File exists)`,
        `mkdir(${q('/spoolers')}, 0700) = 0`,
        `unlink(${q('/tmp/x')}) = 0`,
        `write(${fd(3, '/var/log/x')}, ${q('x')}, 1) = 1`,
        '+++ exited with 0 +++',
      ),
    ).to.deep.equal([]);
  });

  it('reads names as they are given, or below the directory that is open', () => {
    expect(
      read(
        `rename(${q('/spool/a')}, ${q('/spool/b')}) = 0`,
        `linkat(AT_FDCWD<${hex('/spool')}>, ${q('b')}, AT_FDCWD<${hex('/spool')}>, ${q('/spool/c')}, 0) = 0`,
        `unlinkat(${fd(4, '/spool')}, ${q('b')}, 0) = 0`,
        `ftruncate(${fd(4, '/spool/c')}, 12) = 0`,
      ).map(({ at2: _at2, ...deed }) => deed),
    ).to.deep.equal([
      { kind: 'rename', from: '/spool/a', to: '/spool/b' },
      { kind: 'link', from: '/spool/b', to: '/spool/c' },
      { kind: 'unlink', path: '/spool/b' },
      { kind: 'truncate', path: '/spool/c', sizeBytes: 12 },
    ]);
  });
});
