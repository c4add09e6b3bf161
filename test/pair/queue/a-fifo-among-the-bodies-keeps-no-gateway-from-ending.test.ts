import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { composeMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a FIFO among the bodies', () => {
  const pair = usePair({ start: ['outbound'], config: { shutdownTimeout: '5s' } });

  it('is reported as damage, and SIGTERM ends the gateway', async () => {
    const { outbound, internet, submission, directory } = pair();
    internet.manners.rcpt = () => '450 4.2.0 Later';
    const message = composeMessage('middling', { from: 'anna@example.com', to: ['bert@example.net'] });
    await sendOnce(submission, message);
    await queueOf(pair(), 'outbound', 1);
    const bodies = join(directory, 'outbound/bodies');
    const [id = ''] = readdirSync(bodies);
    rmSync(join(bodies, id));
    execFileSync('mkfifo', [join(bodies, id)]);
    await outbound.until(({ event, id: damaged }) => event === 'spool.damaged' && damaged === id);
    expect(await outbound.stop()).to.equal(0);
    expect(internet.deliveries).to.deep.equal([]);
  });
});
