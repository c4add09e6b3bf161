import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import { judgeRoot } from '@mailpair/shared/gateway/compose/run';
import { skipBecause } from '../../../support/skip.ts';

const NOBODY = 65_534;

const become = `
  import { becameAccount, becomeOwnerOf } from '@mailpair/shared/platform/process/privileges';
  import { readFileSync } from 'node:fs';
  becomeOwnerOf(JSON.parse(process.argv[1]));
  const ids = (name) => new RegExp('^' + name + ':\\\\s+(.*)$', 'm').exec(readFileSync('/proc/self/status', 'latin1'))[1].split(/\\s+/);
  let again = 'root again';
  try { process.setuid(0); } catch (error) { again = error.code; }
  console.log(JSON.stringify({ uids: ids('Uid'), gids: ids('Gid'), groups: process.getgroups(), as: becameAccount() ?? null, again }));
`;

interface Became {
  readonly uids: string[];
  readonly gids: string[];
  readonly groups: number[];
  readonly as: string | null;
  readonly again: string;
}

/** What a process of root's is after that, or what it said. */
function becomeOwnerOf(...directories: string[]): Became | string {
  const words = ['--input-type=module', '-e', become, JSON.stringify(directories)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as Became) : stderr;
}

describe('a gateway that root starts', () => {
  it('is refused where it is installed, warned from a checkout, and left alone where root is allowed', () => {
    const of = (isRoot: boolean, isAllowed: boolean, isFromCheckout: boolean) =>
      judgeRoot({ isRoot, isAllowed, isFromCheckout });
    expect(of(true, false, false)).to.equal('refuse');
    expect(of(true, false, true)).to.equal('warn');
    for (const isFromCheckout of [true, false]) {
      expect(of(true, true, isFromCheckout)).to.equal('run');
      expect(of(false, false, isFromCheckout)).to.equal('run');
    }
  });
});

describe('a command that root runs', () => {
  let directory: string;
  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can become another account');
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-privileges-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function make(name: string, uid: number, gid = uid): string {
    const path = join(directory, name);
    mkdirSync(path);
    chownSync(path, uid, gid);
    return path;
  }

  it('becomes the owner of the spool for good, with no group of root’s', () => {
    const became = becomeOwnerOf(make('spool', NOBODY)) as Became;
    expect(became.uids).to.deep.equal(Array(4).fill(String(NOBODY)));
    expect(new Set(became.gids).size).to.equal(1);
    expect(became.gids).to.not.include('0');
    expect(became.groups).to.not.include(0);
    expect(became).to.include({ as: 'nobody', again: 'EPERM' });
  });

  it('becomes an owner that has no account here, and does not stay in the group of root', () => {
    const became = becomeOwnerOf(make('spool', 4_711, 0)) as Became;
    expect(became).to.deep.equal({
      uids: Array(4).fill('4711'),
      gids: Array(4).fill('4711'),
      groups: [4711],
      as: 'uid 4711',
      again: 'EPERM',
    });
  });

  it('looks where a link leads, and passes over directories that are missing or root’s', () => {
    const link = join(directory, 'link');
    symlinkSync(make('there', NOBODY), link);
    const became = becomeOwnerOf(join(directory, 'missing'), make('ours', 0), link) as Became;
    expect(became.as).to.equal('nobody');
  });

  it('becomes the account that could make a spool that is missing', () => {
    const theirs = make('theirs', NOBODY);
    expect((becomeOwnerOf(join(theirs, 'a/b')) as Became).as).to.equal('nobody');
    const both = becomeOwnerOf(join(theirs, 'a'), make('spool', 4_711)) as Became;
    expect(both.as, 'a spool that is there comes first').to.equal('uid 4711');
    expect(becomeOwnerOf('/tmp/mailpair-missing')).to.include('could be exchanged at /tmp');
  });

  it('stays root where the spool is root’s, or would be', () => {
    for (const path of [make('spool', 0), join(directory, 'missing')])
      expect((becomeOwnerOf(path) as Became).uids).to.deep.equal(Array(4).fill('0'));
  });

  it('refuses a spool of root’s that another account could exchange', () => {
    const theirs = make('theirs', NOBODY);
    const ours = make('theirs/ours', 0);
    expect(becomeOwnerOf(ours)).to.include(`could be exchanged at ${theirs} (it belongs to uid ${NOBODY})`);
    const link = join(theirs, 'link');
    symlinkSync(make('target', 0), link);
    expect(becomeOwnerOf(link)).to.include('could be exchanged at');
    const open = make('open', 0);
    chmodSync(open, 0o1777);
    expect(becomeOwnerOf(open)).to.include(
      `could be exchanged at ${open} (others than root may write there)`,
    );
  });
});
