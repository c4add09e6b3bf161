import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  accessFaultOf,
  closingFix,
  isTooOpen,
  type Account,
  type PathStats,
} from '@mailpair/shared/platform/files/file-access';

const gateway: Account = { name: 'mailpair', uid: 998, gids: [997, 50] };
const root = { uid: 0, gid: 0 };
const directory = (path: string, mode: number, owner = root): PathStats => ({
  path,
  isDirectory: true,
  mode,
  ...owner,
});
const file = (path: string, mode: number, owner = root): PathStats => ({
  path,
  isDirectory: false,
  mode,
  ...owner,
});
const fixOf = (...paths: PathStats[]): string | undefined => accessFaultOf(gateway, paths)?.fix;

describe('the access of an account to a file', () => {
  it('is judged by the first class that applies: owner, group, others', () => {
    const cases: [mode: number, uid: number, gid: number, mayRead: boolean][] = [
      [0o400, 998, 0, true],
      [0o044, 998, 997, false],
      [0o040, 0, 997, true],
      [0o040, 0, 50, true],
      [0o604, 0, 50, false],
      [0o604, 0, 0, true],
      [0o640, 0, 0, false],
    ];
    for (const [mode, uid, gid, mayRead] of cases)
      expect(
        fixOf(file('/k', mode, { uid, gid })) === undefined,
        `${mode.toString(8)} ${uid}:${gid}`,
      ).to.equal(mayRead);
  });

  it('is told with the owner, the mode, the account and the commands that grant it', () => {
    expect(accessFaultOf(gateway, [directory('/etc', 0o755), file('/etc/key.pem', 0o600)])).to.deep.equal({
      problem:
        'cannot be read by the account mailpair: /etc/key.pem belongs to uid 0 and gid 0 with mode 600',
      fix: 'chgrp 997 /etc/key.pem && chmod 640 /etc/key.pem',
    });
    expect(fixOf(file('/k', 0o600, { uid: 0, gid: 50 }))).to.equal('chmod 640 /k');
    expect(fixOf(file('/k', 0o200, { uid: 998, gid: 997 }))).to.equal('chmod u+r /k');
  });

  it('needs every directory on the way to be searchable, and the last to be readable', () => {
    expect(fixOf(directory('/live', 0o700), file('/live/key.pem', 0o644))).to.equal(
      'chgrp 997 /live && chmod g+x /live',
    );
    expect(fixOf(directory('/live', 0o711), file('/live/key.pem', 0o644))).to.equal(undefined);
    expect(fixOf(directory('/etc', 0o711), directory('/etc/dkim', 0o711))).to.equal(
      'chgrp 997 /etc/dkim && chmod g+rx /etc/dkim',
    );
  });

  it('comes by membership where a group has it already', () => {
    const ssl = { uid: 0, gid: 110 };
    expect(fixOf(directory('/etc/ssl/private', 0o710, ssl), file('/etc/ssl/private/k', 0o640, ssl))).to.equal(
      'usermod -aG 110 mailpair',
    );
  });

  it('is never refused to root', () => {
    expect(accessFaultOf({ name: 'root', ...root, gids: [0] }, [file('/k', 0o000)])).to.equal(undefined);
  });
});

describe('a secret', () => {
  it('of root may be given to the group of the gateway, and to nobody else', () => {
    expect(isTooOpen(gateway, file('/k', 0o640))).to.equal(false);
    expect(isTooOpen(gateway, file('/k', 0o644))).to.equal(true);
    expect(isTooOpen(gateway, file('/k', 0o660))).to.equal(true);
    expect(closingFix(gateway, file('/k', 0o644))).to.equal('chgrp 997 /k && chmod 640 /k');
  });

  it('of the gateway itself is for nobody else', () => {
    const own = file('/k', 0o640, { uid: 998, gid: 997 });
    expect(isTooOpen(gateway, own)).to.equal(true);
    expect(closingFix(gateway, own)).to.equal('chmod 600 /k');
  });
});
