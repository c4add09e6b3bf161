import { GroupCommit } from '@mailpair/shared/spool/store/group-commit';
import { SpoolFullError } from '@mailpair/shared/spool/store/spool';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { rejection } from '../../../support/rejection.ts';

describe('Group commit', () => {
  let commits: string[][];
  /** What the next commits end with; nothing is success. */
  let faults: (Error | undefined)[];
  let group: GroupCommit;

  beforeEach(() => {
    commits = [];
    faults = [];
    group = new GroupCommit(async (write) => {
      commits.push([]);
      write();
      await new Promise(setImmediate);
      const fault = faults.shift();
      if (fault) throw fault;
    }, 5);
  });

  const change = (name: string, takesSpace = false): Promise<string> =>
    group.submit(() => {
      commits.at(-1)?.push(name);
      return `${name} done`;
    }, takesSpace);

  it('makes the changes of one turn together and gives each its own result', async () => {
    expect(await Promise.all(['a', 'b', 'c'].map((name) => change(name)))).to.deep.equal([
      'a done',
      'b done',
      'c done',
    ]);
    expect(commits).to.deep.equal([['a', 'b', 'c']]);
  });

  it('lets what is asked for during a commit wait for the next one, and that be shared', async () => {
    let later: Promise<string>[] = [];
    await group.submit(() => {
      queueMicrotask(() => (later = ['b', 'c'].map((name) => change(name))));
    });
    await Promise.all(later);
    expect(commits).to.deep.equal([[], ['b', 'c']]);
  });

  describe('before it begins', () => {
    /** Turns of the event loop until a change of its own is made. */
    async function turnsBefore(): Promise<number> {
      let turns = 0;
      let isMade = false;
      const made = group.submit(() => (isMade = true), true);
      while (!isMade) {
        await new Promise(setImmediate);
        turns += 1;
      }
      await made;
      return turns;
    }

    it('gives those who are about to ask more time when many shared the last one', async () => {
      expect(await turnsBefore()).to.be.within(2, 3);
      await Promise.all(['a', 'b', 'c', 'd'].map((name) => change(name, true)));
      expect(await turnsBefore()).to.be.within(8, 9);
      expect(await turnsBefore()).to.be.within(2, 3);
    });
  });

  describe('with patience for what nobody waits for', () => {
    beforeEach(() => {
      group = new GroupCommit(
        async (write) => {
          commits.push([]);
          write();
        },
        1_000,
        60_000,
      );
    });

    it('lets it go with the next that somebody waits for', async () => {
      const removed = change('removed');
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      expect(commits).to.deep.equal([]);
      await change('added', true);
      await removed;
      expect(commits).to.deep.equal([['removed', 'added']]);
    });

    it('makes it when there is much of it', async () => {
      const many = Array.from({ length: 200 }, (_, n) => change(`${n}`));
      await Promise.all(many);
      expect(commits).to.deep.equal([many.map((_, n) => `${n}`)]);
    });

    it('makes 250 of it at most in one commit, and beside them all that somebody waits for', async () => {
      const many = Array.from({ length: 300 }, (_, n) => change(`${n}`));
      const added = Array.from({ length: 300 }, (_, n) => change(`added ${n}`, true));
      await Promise.all([...many, ...added]);
      expect(commits.map(({ length }) => length)).to.deep.equal([250, 350]);
    });

    it('makes it at once when it is closed', async () => {
      const last = change('last');
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      await group.close();
      await last;
      expect(commits).to.deep.equal([['last']]);
    });
  });

  it('makes what nobody waits for when nothing else comes', async () => {
    await change('removed');
    expect(commits).to.deep.equal([['removed']]);
  });

  it('splits what is too much for one commit', async () => {
    await Promise.all(['1', '2', '3', '4', '5', '6', '7'].map((name) => change(name)));
    expect(commits).to.deep.equal([
      ['1', '2', '3', '4', '5'],
      ['6', '7'],
    ]);
  });

  it('refuses all changes of a commit that fails before it gets to them', async () => {
    const failing = new GroupCommit(async () => {
      throw new Error('cannot be opened again');
    });
    const refused = ['a', 'b'].map((name) => rejection(failing.submit(() => name)));
    expect((await Promise.all(refused)).map(({ message }) => message)).to.deep.equal([
      'cannot be opened again',
      'cannot be opened again',
    ]);
  });

  it('refuses a change that throws, alone', async () => {
    const bad = rejection(group.submit(() => expect.fail('not so')));
    expect(await change('a')).to.equal('a done');
    expect((await bad).message).to.equal('not so');
  });

  it('refuses what takes space when the disk is full, and makes the other changes without it', async () => {
    faults = [new SpoolFullError('full')];
    const refused = rejection(change('add', true));
    expect(await change('remove')).to.equal('remove done');
    expect(await refused).to.be.instanceOf(SpoolFullError);
    expect(commits).to.deep.equal([['add', 'remove'], ['remove']]);
    expect(group.isFailing).to.equal(false);
    expect(await change('add again', true)).to.equal('add again done');
  });

  it('refuses removals too when the disk has no room even for them, and goes on', async () => {
    faults = [new SpoolFullError('full'), new SpoolFullError('full')];
    const refused = [rejection(change('add', true)), rejection(change('remove'))];
    for (const error of await Promise.all(refused)) expect(error).to.be.instanceOf(SpoolFullError);
    expect(group.isFailing).to.equal(true);
    expect(await change('remove again')).to.equal('remove again done');
    expect(group.isFailing).to.equal(false);
  });

  it('refuses everything after a failed write, and says what to do', async () => {
    faults = [new Error('Input/output error')];
    const failed = Array.from({ length: 7 }, (_, index) => rejection(change(String(index))));
    const messages = (await Promise.all(failed)).map(({ message }) => message);
    expect(messages.slice(0, 5)).to.deep.equal(Array(5).fill('Input/output error'));
    for (const message of messages.slice(5)) expect(message).to.match(/Input\/output error.*check the disk/);
    expect((await rejection(change('later'))).message).to.match(/check the disk/);
    expect(commits).to.have.length(1);
    expect(group.isFailing).to.equal(true);
  });

  it('finishes what is under way before it is closed, and takes nothing more', async () => {
    const underWay = change('a');
    await group.close();
    expect(await underWay).to.equal('a done');
    expect((await rejection(change('b'))).message).to.match(/closed/);
  });
});
