import { DirectorySync } from '@mailpair/shared/spool/store/directory-sync';
import { expect } from 'chai';
import { describe, it } from 'mocha';

/** Syncs that end when they are told to. */
function syncing(): { names: DirectorySync; begun: PromiseWithResolvers<void>[] } {
  const begun: PromiseWithResolvers<void>[] = [];
  const names = new DirectorySync('/bodies', (path) => {
    expect(path).to.equal('/bodies');
    begun.push(Promise.withResolvers());
    return begun.at(-1)!.promise;
  });
  return { names, begun };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the sync of a directory', () => {
  it('is shared by those who ask while another is under way, which is not theirs', async () => {
    const { names, begun } = syncing();
    const done: string[] = [];
    const ask = (who: string): Promise<unknown> => names.sync().then(() => done.push(who));
    const all = [ask('first'), ask('second'), ask('third')];
    expect(begun).to.have.length(1);
    begun[0]!.resolve();
    await settled();
    expect(done).to.deep.equal(['first']);
    expect(begun).to.have.length(2);
    all.push(ask('fourth'));
    begun[1]!.resolve();
    await settled();
    expect(done).to.deep.equal(['first', 'second', 'third']);
    begun[2]!.resolve();
    await Promise.all(all);
    expect(begun).to.have.length(3);
    expect(names.sync()).to.be.a('promise');
    expect(begun).to.have.length(4);
  });

  it('fails for those who wait for it, and is made again for the next', async () => {
    const { names, begun } = syncing();
    const first = names.sync().catch((error: Error) => error.message);
    const second = names.sync();
    begun[0]!.reject(new Error('EIO'));
    expect(await first).to.equal('EIO');
    await settled();
    begun[1]!.resolve();
    await second;
  });
});
