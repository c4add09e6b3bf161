import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { skipBecause } from '../../support/skip.ts';
import { usePair } from '../../support/use-pair.ts';

describe('the processes of a gateway', () => {
  const pair = usePair({ config: { 'inbound.workers': 2, 'outbound.workers': 1 } });
  before(function () {
    if (!existsSync('/proc/self/cmdline')) skipBecause(this, 'this system has no /proc');
  });

  /** As ps shows it. */
  const titleOf = (pid: number): string =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0[^]*$/, '');

  it('are named by role and part', () => {
    const { inbound, outbound } = pair();
    expect([inbound.pid, ...inbound.workers(), outbound.pid].map(titleOf)).to.deep.equal([
      'mailpair: inbound supervisor',
      'mailpair: inbound worker 0',
      'mailpair: inbound worker 1',
      'mailpair: outbound',
    ]);
  });
});
