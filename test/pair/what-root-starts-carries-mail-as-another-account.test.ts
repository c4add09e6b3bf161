import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { killProcess } from '../support/gateway-process.ts';
import { composeMessage } from '../support/messages.ts';
import { sendOnce } from '../support/senders.ts';
import { skipBecause } from '../support/skip.ts';
import { usePair } from '../support/use-pair.ts';

describe('what root starts carries mail as another account', () => {
  const pair = usePair({ start: [], config: { 'inbound.workers': 2, user: 'nobody', group: 'nogroup' } });
  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can become another account');
    chmodSync(pair().directory, 0o755);
  });
  const accountOf = (pid: number): number => statSync(`/proc/${pid}`).uid;

  it('in all its workers, below a supervisor that stays root', async () => {
    const { inbound, directory } = pair();
    await inbound.start();
    const nobody = statSync(join(directory, 'inbound')).uid;
    expect(nobody).to.not.equal(0);
    expect([inbound.pid, ...inbound.workers()].map(accountOf)).to.deep.equal([0, nobody, nobody]);
  });

  it('and reads again what it made as root', async () => {
    const { inbound } = pair();
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged('gateway.reloaded').length === 2);
  });

  it('also where a worker was killed', async () => {
    const { inbound, mxIn, local } = pair();
    const started = inbound.logged('worker.started').length;
    killProcess(inbound.workers()[0]!);
    await inbound.until(() => inbound.logged('worker.started').length > started);
    expect(accountOf(inbound.workers()[0]!)).to.not.equal(0);
    const message = composeMessage('middling', { from: 'bert@sender.test', to: ['anna@example.com'] });
    expect((await sendOnce(mxIn, message)).accepted.size).to.equal(1);
    await local.until((all) => all.some(({ id }) => id === message.id));
  });
});
