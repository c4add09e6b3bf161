import { expect } from 'chai';
import { describe, it } from 'mocha';
import { CommitWatch } from '@mailpair/shared/spool/store/commit-watch';

describe('the watch on commits', () => {
  it('tells the slowest since it was asked last', async () => {
    let now = 0;
    const watch = new CommitWatch(() => now);
    const taking = (ms: number) => watch.watch(() => Promise.resolve(void (now += ms)));
    await taking(3);
    await taking(20);
    await taking(1);
    expect(watch.takeSlowestMs()).to.equal(20);
    expect(watch.takeSlowestMs()).to.equal(0);
  });

  it('counts one that is under way, so that a disk that hangs is seen', async () => {
    let now = 0;
    const watch = new CommitWatch(() => now);
    const { promise, resolve } = Promise.withResolvers<void>();
    const watched = watch.watch(() => promise);
    now = 500;
    expect(watch.takeSlowestMs()).to.equal(500);
    now = 1_200;
    resolve();
    await watched;
    expect(watch.takeSlowestMs()).to.equal(1_200);
  });

  it('passes a failure on, and takes its time too', async () => {
    let now = 0;
    const watch = new CommitWatch(() => now);
    const failing = watch.watch(() => Promise.reject(new Error('no disk')).finally(() => (now = 7)));
    await failing.then(
      () => expect.fail(),
      (error: Error) => expect(error.message).to.equal('no disk'),
    );
    expect(watch.takeSlowestMs()).to.equal(7);
  });
});
