import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { checkout } from '../../support/checkout.ts';
import { killProcess } from '../../support/gateway-process.ts';
import { composeMessage, type TestMessage } from '../../support/messages.ts';
import { queueOf } from '../../support/queue.ts';
import { sendOnce } from '../../support/senders.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const MESSAGES = 24;
const cli = join(checkout, 'packages/mailpair/src/main.ts');

interface Item {
  readonly id: string;
  readonly state: string;
  readonly receivedAt: number;
}

describe('several workers', () => {
  const pair = usePair({
    start: ['outbound'],
    config: { 'outbound.workers': 3, 'queue.retryFirst': '1h', 'queue.retryMax': '1h' },
  });
  let messages: TestMessage[];
  let items: Item[];

  /** A verb of `mailpair`: what it says. */
  async function mailpair(...words: string[]): Promise<string> {
    const args = [cli, ...words, '--config', pair().configFile, '--json'];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  }
  const list = async (): Promise<Item[]> =>
    (await mailpair('queue', 'list'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Item);
  const metric = async (name: string): Promise<number> => {
    const text = String(await pair().get('outbound', '/metrics'));
    const line = text.split('\n').find((each) => each.startsWith(`mailpair_${name}{`));
    return Number(line?.split(' ').at(-1));
  };

  before(async () => {
    const { internet, submission, directory } = pair();
    internet.manners.message = () => '451 4.3.0 Come again';
    messages = Array.from({ length: MESSAGES }, (_, n) =>
      composeMessage('plain', { from: 'anna@example.com', to: [`a${n}@example.net`] }),
    );
    await Promise.all(messages.map((message) => sendOnce(submission, message)));
    await queueOf(pair(), 'outbound', MESSAGES);
    expect(readdirSync(join(directory, 'outbound/slots'))).to.deep.equal(['1', '2']);
    items = await list();
  });

  it('list one queue, in order, page by page', async () => {
    expect(new Set(items.map(({ id }) => id)).size).to.equal(MESSAGES);
    expect(items.map(({ id }) => id)).to.deep.equal(items.map(({ id }) => id).toSorted());
    const paged: string[] = [];
    for (let after = ''; ;) {
      const page = (await pair().get('outbound', `/api/queue?limit=5${after && `&after=${after}`}`)) as {
        items: Item[];
        next: string | null;
      };
      paged.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(paged).to.deep.equal(items.map(({ id }) => id));
  });

  it('have entries in several slots, each of which is shown, held, explained and traced by its id', async () => {
    const slots = new Set(items.map(({ id }) => id.slice(11, 13)));
    expect(slots.size).to.be.greaterThan(1);
    for (const slot of slots) {
      const { id } = items.find((item) => item.id.slice(11, 13) === slot)!;
      expect(await pair().get('outbound', `/api/queue/${id}`)).to.include({ id });
    }
    const { id } = items.find((item) => item.id.slice(11, 13) !== '00')!;
    await mailpair('queue', 'hold', id);
    expect((await list()).find((item) => item.id === id)).to.include({ state: 'held' });
    expect(await mailpair('queue', 'why', id)).to.include('held');
    await mailpair('queue', 'release', id);
    expect(await mailpair('trace', id, '--role', 'outbound')).to.include(id);
  });

  it('add up status, next hops and metrics', async () => {
    const status = (await pair().get('outbound', '/api/status')) as {
      workers: number;
      queue: { entries: number };
    };
    expect([status.workers, status.queue.entries]).to.deep.equal([3, MESSAGES]);
    const { nextHops } = (await pair().get('outbound', '/api/next-hops')) as {
      nextHops: { entries: number }[];
    };
    expect(nextHops.map(({ entries }) => entries)).to.deep.equal([MESSAGES]);
    expect([await metric('queue_entries'), await metric('workers')]).to.deep.equal([MESSAGES, 3]);
    const text = String(await pair().get('outbound', '/metrics'));
    expect(text).to.match(
      new RegExp(`mailpair_messages_total\\{[^}]*result="accepted"[^}]*\\} ${MESSAGES}\\n`),
    );
    expect(text).to.match(new RegExp(`mailpair_accept_seconds_count\\{[^}]*\\} ${MESSAGES}\\n`));
    const sessions = await Promise.all(Array.from({ length: 9 }, () => SmtpClient.greet(pair().submission)));
    expect(await metric('sessions')).to.equal(9);
    for (const session of sessions) await session.quit();
  });

  it('wait with the answer for one that is being started again', async () => {
    const { outbound } = pair();
    killProcess(outbound.workers()[2]!);
    await outbound.until(() => outbound.logged('worker.ended').length === 1);
    const status = (await pair().get('outbound', '/api/status')) as { queue: { entries: number } };
    expect(status.queue.entries).to.equal(MESSAGES);
  });

  it('are one queue too when they are stopped', async function () {
    this.timeout(90_000); // a program for each question
    const { outbound, internet } = pair();
    expect(await outbound.stop()).to.equal(0);
    expect(await list()).to.have.length(MESSAGES);
    await mailpair('queue', 'hold', 'example.net');
    const [entry] = items.toReversed();
    await mailpair('queue', 'remove', entry!.id, '--yes');
    const listed = await list();
    expect(listed.map(({ state }) => state)).to.deep.equal(Array(MESSAGES - 1).fill('held'));
    expect(await mailpair('trace', items[0]!.id, '--role', 'outbound')).to.include(items[0]!.id);
    internet.manners.message = () => undefined;
    await outbound.start();
    await mailpair('queue', 'release', 'example.net');
    await mailpair('queue', 'retry', 'example.net');
    await queueOf(pair(), 'outbound', 0);
    expect(new Set(internet.deliveries.map(({ id }) => id)).size).to.be.at.least(MESSAGES - 1);
  });
});
