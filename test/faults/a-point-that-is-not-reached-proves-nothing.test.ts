import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { prove } from '@mailpair/proving/prove/prove';
import { passes } from '@mailpair/proving/prove/result';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';

describe('a row whose point is not reached', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-faults-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('fails, though nothing was lost', async function () {
    this.timeout(60_000);
    const [result] = await prove({
      rows: [
        {
          name: 'outbound/kill/nowhere',
          role: 'outbound',
          title: 'mail of submitters never takes this way',
          reaches: ['relay.stored'],
          async run(ground) {
            await ground.start();
            ground.send(3);
          },
        },
      ],
      directory,
      programs: findPrograms(),
      isQuick: true,
      seed: 'test',
      signal: new AbortController().signal,
      tell: () => undefined,
    });
    expect(result).to.deep.include({ lost: 0, faults: ['relay.stored was not reached'] });
    expect(passes(result!)).to.equal(false);
  });
});
