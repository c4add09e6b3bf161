import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { flood } from '../../support/hacked-account.ts';
import { eventually } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { queueLength, queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const LIMIT = 20;
const MESSAGES = 100;
const HACKED = 'anna@example.com';

describe('a hacked account is held and the others’ mail flows', () => {
  const pair = usePair({ start: ['outbound'], config: { 'submitters.messagesPerHour': LIMIT } });
  const run = (...argv: string[]): Promise<Said> => mailpair([...argv, '--config', pair().configFile]);
  const from = (sender: string): number =>
    pair().internet.deliveries.filter((delivery) => delivery.from === sender).length;
  const attack = (): Promise<number> =>
    flood(pair().submission, {
      from: HACKED,
      messages: MESSAGES,
      sessions: 5,
      recipientOf: (number) => `victim-${number}@example.net`,
    });
  async function othersWrite(sender: string): Promise<void> {
    const message = composeMessage('plain', { from: sender, to: ['bert@example.net'] });
    await sendOnce(pair().submission, message);
    await pair().internet.until((all) => all.some(({ id }) => id === message.id));
  }

  /** Of the first attack. */
  let out: number;

  it('exactly so many as the limit says go out, all others wait, and nothing is refused or bounced', async () => {
    const { outbound } = pair();
    expect(await attack()).to.equal(MESSAGES);
    await eventually(
      () => queueLength(pair(), 'outbound'),
      (waiting) => from(HACKED) + waiting === MESSAGES,
    );
    out = from(HACKED);
    expect(out).to.be.within(LIMIT, WORKERS === 1 ? LIMIT : 3 * LIMIT);
    await outbound.until(() => outbound.logged('message.held').length === MESSAGES - out);
    const [alarm, ...more] = outbound.logged('submitter.held');
    expect(more.length).to.be.lessThan(WORKERS);
    expect(alarm).to.include({ level: 'error', submitter: HACKED });
    const [, count, limit] =
      /^(\d+) messages within an hour, submitters.messagesPerHour is (\d+)$/.exec(String(alarm!['reason'])) ??
      [];
    expect(Number(limit)).to.equal(LIMIT);
    expect(Number(count)).to.be.within(LIMIT + 1, WORKERS === 1 ? LIMIT + 1 : 3 * LIMIT);
    const metrics = (await pair().get('outbound', '/metrics')) as string;
    expect(metrics).to.match(/mailpair_submitters_held\{[^}]*\} 1\n/);
    expect(metrics).to.match(new RegExp(`mailpair_held_total\\{[^}]*\\} ${MESSAGES - out}\\n`));
    await othersWrite('carla@example.com');
  });

  it('after a restart it is held still', async () => {
    const { outbound } = pair();
    await outbound.stop();
    await outbound.start();
    await othersWrite('carla@example.com');
    await attack();
    expect(await queueLength(pair(), 'outbound')).to.equal(2 * MESSAGES - out);
    expect(from(HACKED)).to.equal(out);
  });

  it('one command drops what waits, and one lets the account send again', async () => {
    const purged = await run('submitter', 'purge', HACKED, '--yes', '--json');
    expect(JSON.parse(purged.out)).to.include({ name: HACKED, removed: 2 * MESSAGES - out });
    await queueOf(pair(), 'outbound', 0);
    expect((await run('submitter', 'release', HACKED)).code).to.equal(0);
    await othersWrite(HACKED);
  });

  it('one command lets what waits go, each message once', async () => {
    const { internet } = pair();
    const before = from(HACKED);
    await attack();
    const waiting = await eventually(
      () => queueLength(pair(), 'outbound'),
      (length) => from(HACKED) + length === before + MESSAGES,
    );
    if (WORKERS === 1) expect(waiting).to.equal(MESSAGES - LIMIT + 1);
    const released = await run('submitter', 'release', HACKED, '--per-minute', '60000', '--json');
    expect(JSON.parse(released.out)).to.deep.equal({ name: HACKED, released: waiting });
    await internet.until(() => from(HACKED) === before + MESSAGES);
    await queueOf(pair(), 'outbound', 0);
    const last = internet.deliveries.slice(-MESSAGES).map(({ to }) => to[0]);
    expect(new Set(last).size).to.equal(MESSAGES);
  });

  it('an account whose recipients do not exist is held too', async () => {
    const { internet, outbound, configure } = pair();
    configure({ 'submitters.messagesPerHour': 0, 'submitters.refusedPerHour': 10 });
    outbound.signal('SIGHUP');
    await outbound.until(() => outbound.logged('gateway.reloaded').length === WORKERS);
    const alarms = () => outbound.logged('submitter.held');
    const before = alarms().length;
    internet.manners.rcpt = () => '550 5.1.1 No such user';
    const bounced = outbound.logged('recipient.bounced').length;
    const write = (): Promise<unknown> =>
      sendOnce(
        pair().submission,
        composeMessage('plain', { from: 'dora@example.com', to: ['guess@example.net'] }),
      );
    for (let n = 0; n < 11; n += 1) await write();
    await outbound.until(() => outbound.logged('recipient.bounced').length >= bounced + 11);
    // A worker learns a moment later what the other has counted, so one message more may not be enough.
    const writeAndLook = async (): Promise<number> => {
      await write();
      return alarms().length;
    };
    await eventually(writeAndLook, (seen) => seen > before);
    expect(alarms().at(-1)?.['reason']).to.match(/^[1-9]\d recipients that do not exist/);
  });
});
