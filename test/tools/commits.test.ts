import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { commitsToCheck, subjectFault } from '../../tools/commits.ts';
import { temporaryCheckout, type TemporaryCheckout } from '../support/checkout.ts';

describe('The subject of a commit', () => {
  it('is an area and what changes, with at most 72 characters', () => {
    const longest = `queue: ${'x'.repeat(65)}`;
    for (const subject of ['queue: share one sync', 'dns-rr, api: one codec', '.ci: faster', longest])
      expect(subjectFault(subject), subject).to.equal(undefined);
  });

  it('is refused if it is longer', () => {
    expect(subjectFault(`queue: ${'x'.repeat(66)}`)).to.equal('has 73 characters, at most 72 are allowed');
  });

  it('is refused without an area', () => {
    for (const subject of ['share one sync', 'Fix: ', 'the queue: shares', ': none', 'queue:share', ''])
      expect(subjectFault(subject), subject).to.equal('is not of the form "area: what"');
  });
});

describe('The commits to check', () => {
  const trees: TemporaryCheckout[] = [];
  let root: string;

  const git = (directory: string, ...words: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...words], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    }).trim();
  const commit = (subject: string): string => {
    git(root, 'commit', '--quiet', '--allow-empty', '--message', subject);
    return git(root, 'rev-parse', 'HEAD');
  };
  const open = (): string => {
    const tree = temporaryCheckout();
    trees.push(tree);
    return tree.root;
  };
  const subjects = (directory: string, first?: string): string[] =>
    commitsToCheck(directory, first).map(({ subject }) => subject);

  beforeEach(() => {
    root = open();
    git(root, 'init', '--quiet');
  });

  afterEach(() => {
    for (const tree of trees.splice(0)) tree.remove();
  });

  it('are those after the first one if there is no tag', () => {
    const first = commit('old');
    commit('a: one');
    commit('a: two');
    expect(subjects(root, first)).to.deep.equal(['a: two', 'a: one']);
  });

  it('are those after the last tag', () => {
    const first = commit('old');
    commit('long');
    git(root, 'tag', 'v0.1.0');
    commit('a: two');
    expect(subjects(root, first)).to.deep.equal(['a: two']);
  });

  it('are those that a shallow clone has', () => {
    const first = commit('old');
    commit('a: one');
    commit('a: two');
    const clone = open();
    git(clone, 'clone', '--quiet', '--depth', '1', `file://${root}`, '.');
    expect(subjects(clone, first)).to.deep.equal(['a: two']);
  });

  it('cannot be found in a whole history without the first one', () => {
    commit('a: one');
    expect(() => subjects(root, 'f'.repeat(40))).to.throw(`no commit ${'f'.repeat(40)}`);
  });
});
