import { expect } from 'chai';
import { describe, it } from 'mocha';
import { eventually } from '../../support/heartbeat.ts';
import { askAll, WORKERS, type Pair } from '../../support/pair.ts';
import { repliesToRcpt } from '../../support/rcpt.ts';
import type { Reply, Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('an unknown recipient is refused at RCPT', () => {
  const pair = usePair();

  const rcpt = async (target: Target, address: string): Promise<Reply> =>
    (await repliesToRcpt(target, address))[0]!;

  function knowOnly({ local }: Pair, name: string): void {
    local.manners.rcpt = (to) => (to.startsWith(`${name}@`) ? undefined : '550 5.1.1 Who is that?');
  }

  for (const mx of ['mxIn', 'mxOut'] as const)
    it(`by the listener ${mx}, and a known one is not`, async () => {
      knowOnly(pair(), 'anna');
      const { code, text } = await rcpt(pair()[mx], `nobody-${mx}@example.com`);
      expect(code).to.equal(550);
      expect(text).to.match(/^5\.1\.1 /);
      expect(await rcpt(pair()[mx], 'anna@example.com')).to.include({ code: 250 });
    });

  it('the local server is asked once for each, also over a restart', async () => {
    const { local, mxIn, inbound } = pair();
    knowOnly(pair(), 'karl');
    /** By each worker. @returns how often the local server was asked for it */
    const ask = async (): Promise<number> => {
      const before = local.asked;
      await askAll(async () => {
        expect(await rcpt(mxIn, 'karl@example.com')).to.include({ code: 250 });
        expect(await rcpt(mxIn, 'carl@example.com')).to.include({ code: 550 });
      });
      return local.asked - before;
    };
    const asked = await ask();
    if (WORKERS === 1) expect(await ask()).to.equal(0);
    else await eventually(ask, (again) => again === 0); // they tell each other
    await inbound.stop();
    await inbound.start();
    expect(await ask()).to.equal(0);
    expect(asked).to.be.greaterThan(0);
  });

  it('a local server that is in doubt makes us doubt, not refuse', async () => {
    const { local, mxIn } = pair();
    local.manners.rcpt = () => '451 4.3.0 The directory is away';
    expect(await rcpt(mxIn, 'otto@example.com')).to.include({ code: 450 });
    local.manners.rcpt = () => undefined;
    expect(await rcpt(mxIn, 'otto@example.com')).to.include({ code: 250 });
  });

  it('a local server that refuses us is no proof against the recipient', async () => {
    const { local, mxIn, inbound } = pair();
    local.manners.rcpt = () => '554 5.7.1 You may not relay here';
    expect(await rcpt(mxIn, 'emil@example.com')).to.include({ code: 450 });
    await inbound.until(({ event }) => event === 'callforward.refused');
  });
});
