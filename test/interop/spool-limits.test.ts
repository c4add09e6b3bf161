/** The spool where disk and memory end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '@mailpair/shared/platform/values/entry';
import type { Spool } from '@mailpair/shared/spool/store/spool';
import { SpoolFullError } from '@mailpair/shared/spool/store/spool';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { implementation } from '../support/lmdb-spool.ts';
import { skipBecause } from '../support/skip.ts';
import { bodyOf, entryOf, octetsOf } from '../support/spool-mail.ts';

describe('The spool at its limits', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-spool-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describe('on a disk that fills up', () => {
    let spool: Spool | undefined;

    beforeEach(async function () {
      if (process.platform !== 'linux' || process.getuid?.() !== 0)
        skipBecause(this, 'only root can mount a small tmpfs to fill: run this test as root on Linux');
      const mounted = await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', directory]);
      if (mounted.code !== 0) skipBecause(this, `no tmpfs can be mounted here: ${mounted.stderr.trim()}`);
    });

    afterEach(async () => {
      await spool?.close();
      spool = undefined;
      await runCommand('umount', [directory]);
    });

    const fill = async (
      round: number,
      sizeBytes: number,
    ): Promise<{ taken: string[]; refusals: unknown[] }> => {
      const body = bodyOf(Buffer.alloc(sizeBytes, round));
      const taken: string[] = [];
      const refusals: unknown[] = [];
      const writers = Array.from({ length: 20 }, async (_, writer) => {
        for (let count = 0; refusals.length === 0; count += 1) {
          const id = `${round}-${writer}-${count}`;
          try {
            await spool?.add(entryOf(id, body), body);
            taken.push(id);
          } catch (error) {
            refusals.push(error);
          }
        }
      });
      await Promise.all(writers);
      return { taken, refusals };
    };

    for (const [size, sizeBytes] of [
      ['small', 20_000] as const,
      ['large', implementation.largeBodyBytes + 1] as const,
    ])
      it(`refuses ${size} messages, loses none it took, and takes more once there is room`, async () => {
        spool = await implementation.open(join(directory, 'spool'));
        const kept = new Set<string>();
        for (const round of [1, 2, 3]) {
          const { taken, refusals } = await fill(round, sizeBytes);
          for (const refusal of refusals) expect(refusal).to.be.instanceOf(SpoolFullError);
          for (const id of taken) kept.add(id);
          expect(taken.length, `taken in round ${round}`).to.be.greaterThan(10);
          const [first] = [...spool.list()];
          await spool.update({ ...(first as Entry), held: true });
          for (const id of [...kept].slice(0, kept.size - 20)) {
            await spool.remove(id);
            kept.delete(id);
          }
          await spool.close();
          spool = await implementation.open(join(directory, 'spool'));
          expect([...spool.list()].map(({ id }) => id)).to.have.members([...kept]);
          for (const entry of spool.list())
            expect(octetsOf(await spool.body(entry))).to.have.length(sizeBytes);
          expect(spool.damaged()).to.deep.equal([]);
        }
      });
  });

  it('keeps no more of a long queue in memory than of a short one', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'only Linux says how much of a file is in memory');
    const script = join(import.meta.dirname, 'spool-writer.ts');
    const run = await runCommand(process.execPath, [script, join(directory, 'spool'), '40000', '4096']);
    expect(run.code, run.stderr).to.equal(0);
    // 360 MB are written; of 16 MB in memory the spool lets go.
    expect(Number(/^mapped (\d+)$/m.exec(run.stdout)?.[1])).to.be.lessThan(64 * 2 ** 20);
  });
});
