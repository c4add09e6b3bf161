import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parseUsers, verifyUser } from '@mailpair/shared/config/passwords';
import { mailpair } from '../command.ts';

/** A terminal at which someone types, and whether it echoed. */
function terminal(...typed: string[]) {
  const raw: boolean[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  for (const keys of typed) stream.write(keys);
  return { stdin: stream, raw };
}

describe('mailpair password', () => {
  it('makes a line of a users file from the first line of a pipe', async () => {
    const { code, out, err } = await mailpair(['password', 'joe'], {
      stdin: Readable.from(['gehe', 'im\nmore']),
    });
    expect([code, err]).to.deep.equal([0, '']);
    const { users, faults } = parseUsers(out);
    expect(faults).to.deep.equal([]);
    expect(await verifyUser(users, 'joe', 'geheim')).to.equal(true);
  });

  it('makes it with scrypt when asked', async () => {
    const stdin = Readable.from(['geheim']);
    expect((await mailpair(['password', 'joe', '--scheme', 'scrypt'], { stdin })).out).to.match(
      /^joe:\$scrypt\$/,
    );
  });

  it('asks twice at a terminal, without echo, and lets keys be taken back', async () => {
    const { stdin, raw } = terminal('gehx\x7feim\rgehe', 'im\r');
    const { code, out, err } = await mailpair(['password', 'joe'], { stdin });
    expect([code, err]).to.deep.equal([0, 'Password for joe:\nThe same again:\n']);
    expect(raw).to.deep.equal([true, false]);
    expect(await verifyUser(parseUsers(out).users, 'joe', 'geheim')).to.equal(true);
  });

  it('makes nothing of two that differ', async () => {
    const { stdin, raw } = terminal('one\rtwo\r');
    const { code, out } = await mailpair(['password', 'joe'], { stdin });
    expect([code, out]).to.deep.equal([1, '']);
    expect(raw).to.deep.equal([true, false]);
  });

  it('gives up with Ctrl-C and gives the terminal back', async () => {
    const { stdin, raw } = terminal('gehe\x03');
    const { code, out, err } = await mailpair(['password', 'joe'], { stdin });
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('no password was given');
    expect(raw).to.deep.equal([true, false]);
  });

  it('takes no empty password and no bad name', async () => {
    expect((await mailpair(['password', 'joe'], { stdin: Readable.from(['\n']) })).code).to.equal(2);
    expect((await mailpair(['password', 'a:b'], { stdin: Readable.from(['x']) })).code).to.equal(2);
    expect((await mailpair(['password'], { stdin: Readable.from(['x']) })).code).to.equal(2);
  });
});
