import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  appendFileSync,
  createFileSync,
  octetsIn,
  openRegular,
  openRegularSync,
  readRegular,
  readRegularSync,
} from '@mailpair/shared/platform/files/regular-file';
import { rejection } from '../../../support/rejection.ts';

describe('a file of a spool', () => {
  let directory: string;
  let path: string;
  let socket: Server | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-regular-'));
    path = join(directory, 'file');
  });
  afterEach(() => {
    socket?.close();
    socket = undefined;
    rmSync(directory, { recursive: true });
  });

  const others: Record<string, () => unknown> = {
    'a FIFO': () => execFileSync('mkfifo', [path]),
    'a directory': () => mkdirSync(path),
    'a socket': async () => {
      socket = createServer().listen(path);
      await once(socket, 'listening');
    },
    'a link': () => {
      writeFileSync(join(directory, 'target'), 'of root');
      symlinkSync(join(directory, 'target'), path);
    },
    'a link to nothing': () => symlinkSync(join(directory, 'nothing'), path),
  };
  const iterate = async (): Promise<void> => {
    for await (const octets of octetsIn(path)) expect.fail(`read ${octets.length} octets`);
  };
  const reads: Record<string, () => unknown> = {
    openRegular: () => openRegular(path),
    openRegularSync: () => openRegularSync(path),
    readRegular: () => readRegular(path),
    readRegularSync: () => readRegularSync(path),
    octetsIn: iterate,
    appendFileSync: () => appendFileSync(path, 'more'),
  };

  for (const [what, make] of Object.entries(others))
    for (const [name, read] of Object.entries(reads))
      it(`is refused to ${name} where it is ${what}`, async () => {
        await make();
        const error = await rejection((async () => read())());
        expect(error.message).to.match(/ is no regular file$| is a symbolic link$|^EISDIR/);
        expect(error.message).to.include(path);
      });

  for (const what of ['a FIFO', 'a socket', 'a link', 'a link to nothing'])
    it(`is made anew in the place of ${what}`, async () => {
      await others[what]!();
      createFileSync(path, 'ours');
      expect(readRegularSync(path).toString()).to.equal('ours');
      if (what === 'a link') expect(readFileSync(join(directory, 'target'), 'utf8')).to.equal('of root');
    });

  it('is read and written as ever', async () => {
    createFileSync(path, 'one');
    appendFileSync(path, ' two');
    expect((await readRegular(path)).toString()).to.equal('one two');
    let read = '';
    for await (const octets of octetsIn(path, 4)) read += octets.toString();
    expect(read).to.equal('two');
    expect((await rejection(readRegular(join(directory, 'none')))).message).to.match(/^ENOENT/);
  });
});
