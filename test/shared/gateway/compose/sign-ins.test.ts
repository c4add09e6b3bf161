import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials, SessionHooks } from '@mailpair/shared/smtp/server/session-context';
import { openSignIns, type GuardedSignIns } from '@mailpair/shared/gateway/compose/sign-ins';
import { MAX_ITEM, Topics } from '@mailpair/shared/platform/topics';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import { formatReply, type Reply } from '@mailpair/shared/platform/values/reply';
import type { Session } from '@mailpair/shared/platform/values/session';
import { shareTopics } from '@mailpair/shared/gateway/workers/share-topics';
import { SiblingSet } from '@mailpair/shared/gateway/workers/siblings';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { eventually } from '../../../support/heartbeat.ts';
import { NoTarpit } from '../../../support/no-tarpit.ts';

interface Line {
  readonly event: string;
  readonly user?: string;
  readonly reason?: string;
  readonly heldBack?: number;
}

/** One process that takes submissions: a worker, or a gateway. The password of everybody is `right`. */
class Process {
  readonly topics = new Topics();
  readonly lines: Line[] = [];
  readonly metrics = createMetrics('outbound');
  readonly signIns: GuardedSignIns;
  readonly hooks: SessionHooks;
  hashed = 0;
  #sessions = 0;

  constructor(directory: string, keeps: boolean, workers: number, takesSubmissions = true) {
    const write = (event: string, fields?: object): void => void this.lines.push({ event, ...fields });
    this.signIns = openSignIns({
      users: () => users,
      takesSubmissions: () => takesSubmissions,
      ...{ directory, keeps, workers, topics: this.topics, metrics: this.metrics },
      clock,
      log: { ...silentLog, info: write, warn: write, error: write },
      tarpit: new NoTarpit(),
      verify: async (_users, _name, password) => {
        this.hashed += 1;
        return password === 'right';
      },
    });
    this.hooks = this.signIns.guard({ closed: () => undefined } as unknown as SessionHooks);
  }

  async tries(client: string, user: string, password: string): Promise<string> {
    const session = { id: `s${(this.#sessions += 1)}`, client: { address: client, port: 1 } } as Session;
    const credentials: Credentials = { user, password, mechanism: 'PLAIN' };
    const answer: boolean | Reply = await this.hooks.authenticate!(credentials, session);
    return typeof answer === 'boolean' ? String(answer) : formatReply(answer);
  }

  /** From networks that have nothing to do with each other, so that the account alone is limited. */
  async guess(user: string, times: number, from = 0): Promise<void> {
    for (let n = from; n < from + times; n += 1)
      await this.tries(`198.${n >> 8}.${n & 255}.1`, user, `guess ${n}`);
  }
}

const users = new Map([['anna', '']]);
/** It stands still: nothing that is counted comes back. */
const clock = { now: () => 1_798_761_600_000 };

describe('sign-ins', () => {
  let directory: string;
  let processes: Process[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-sign-ins-'));
    processes = [];
  });
  afterEach(async () => {
    for (const { signIns } of processes) await signIns.close();
    rmSync(directory, { recursive: true });
  });
  function open(name: string, keeps = true, workers = 1, takesSubmissions = true): Process {
    const opened = new Process(join(directory, name), keeps, workers, takesSubmissions);
    processes.push(opened);
    return opened;
  }

  /** Two workers of a gateway, and its partner: the first worker speaks with that. */
  function openPair(): [Process, Process, Process] {
    const workers = [open('one', true, 2), open('one', false, 2)] as const;
    const sets = workers.map(
      (_worker, number) =>
        new SiblingSet(number, (told) => {
          const others = sets.filter((_set, index) => index !== number);
          for (const other of others) other.take(JSON.parse(JSON.stringify(told)) as typeof told);
        }),
    );
    const partner = open('partner');
    const link = (from: Topics, to: Topics): void =>
      from.onTold((topic, key) =>
        to.take({ [topic]: [from.look(topic, key)].filter((item) => item !== undefined) }),
      );
    for (const [number, { topics }] of workers.entries())
      shareTopics({ slot: { number, of: 2 }, siblings: sets[number]! }, topics, clock);
    link(workers[0].topics, partner.topics);
    link(partner.topics, workers[0].topics);
    for (const set of sets) set.start();
    return [...workers, partner];
  }
  const refusedBy = (process: Process): Promise<unknown> =>
    eventually(
      () => process.signIns.state().refused,
      (refused) => refused.length > 0,
    );

  it('are limited together by the workers of a gateway and by its partner', async () => {
    const [face, worker, partner] = openPair();
    await worker.guess('anna', 7);
    await partner.guess('anna', 7, 100);
    await face.guess('anna', 6, 200);
    for (const each of [face, worker, partner]) {
      expect(await refusedBy(each)).to.deep.equal([{ account: 'anna' }]);
      const hashes = each.hashed;
      const reply = await each.tries('203.0.113.1', 'anna', 'right');
      expect(reply).to.match(
        /^454 4\.7\.0 Too many failed sign-ins of this user, please try again in 3 minutes$/,
      );
      expect(each.hashed).to.equal(hashes);
      expect(each.signIns.state().guessingClients).to.equal(20);
    }
    expect(face.hashed + worker.hashed + partner.hashed).to.equal(20);
  });

  it('of an account are not refused where it signed in, at whichever of them', async () => {
    const [face, worker, partner] = openPair();
    expect(await worker.tries('192.0.2.7', 'anna', 'right')).to.equal('true');
    await eventually(
      () => [...partner.topics.list()].flatMap(({ all }) => [...all()]),
      (keys) => keys.includes('192.0.2.7 anna'),
    );
    await partner.guess('anna', 20);
    await refusedBy(worker);
    for (const each of [face, worker, partner])
      expect(await each.tries('192.0.2.7', 'anna', 'right')).to.equal('true');
  });

  it('are told to a partner that takes submissions, and not kept by one that takes none', async () => {
    const [one, other, third] = [open('one'), open('other'), open('third', true, 1, false)];
    await one.guess('anna', 3);
    await one.tries('192.0.2.7', 'anna', 'right');
    await one.tries('198.51.100.1', '\u0130"'.repeat(3_000), 'x'); // longer in lower case, and longer still as JSON
    const told: Record<string, string[]> = {};
    for (const { name, all, look } of one.topics.list()) told[name] = Array.from(all(), (key) => look(key)!);
    expect(
      Math.max(...Object.values(told).flatMap((items) => items.map(({ length }) => length))),
    ).to.be.at.most(MAX_ITEM);
    expect(Object.fromEntries(other.topics.take(told))).to.deep.equal({ signIns: 1, signInFailures: 4 });
    expect(Object.fromEntries(other.topics.take(told))).to.deep.equal({});
    expect(Object.fromEntries(third.topics.take(told))).to.deep.equal({});
    expect([other, third].map(({ signIns }) => signIns.state().guessingClients)).to.deep.equal([4, 0]);
  });

  it('from a refused network are answered 421, right or wrong', async () => {
    const one = open('one');
    const replies = [];
    for (let n = 0; n < 5; n += 1)
      for (const user of ['anna', 'nobody']) replies.push(await one.tries('192.0.2.7', user, `guess ${n}`));
    expect(new Set(replies)).to.deep.equal(new Set(['false']));
    for (let n = 0; n < 20; n += 1) await one.tries('192.0.2.8', 'x', `${n}`);
    const refused = '421 4.7.0 Too many failed sign-ins from your network, please try again in 3 minutes';
    for (const password of ['right', 'wrong'])
      expect(await one.tries('192.0.2.8', 'anna', password)).to.equal(refused);
  });

  it('that fail are logged, so many lines and no more, and all of them counted', async () => {
    const one = open('one');
    await one.tries('192.0.2.7', '\u001b[31m\u202eanna'.padEnd(5_000, 'x'), 'old');
    for (let n = 0; n < 999; n += 1) await one.tries('192.0.2.7', 'anna', 'old');
    expect(one.lines[0]).to.include({ event: 'auth.failed', reason: 'wrong' });
    expect(one.lines[0]!.user)
      .to.match(/^\\u001b\[31m\\u202eannax+$/)
      .and.to.have.length.below(120);
    expect(one.lines).to.have.length(60);
    expect(one.signIns.state()).to.include({ failedLastHour: 1_000, guessingClients: 1 });
    const text = await one.metrics.render();
    expect(text).to.include('mailpair_sign_ins_total{mechanism="plain",result="wrong",role="outbound"} 2');
    expect(text).to.include(
      'mailpair_sign_ins_total{mechanism="plain",result="repeated",role="outbound"} 998',
    );
    expect(text).to.include('mailpair_password_hashes_most{role="outbound"} 1');
  });

  it('to act as another user are logged and counted', () => {
    const one = open('one');
    const session = { id: 's', client: { address: '192.0.2.7', port: 1 } } as Session;
    one.hooks.foreignIdentity!({ user: 'anna', password: 'right', mechanism: 'PLAIN' }, session);
    expect(one.lines).to.deep.equal([
      {
        event: 'auth.failed',
        session: 's',
        client: '192.0.2.7',
        user: 'anna',
        mechanism: 'plain',
        reason: 'foreign-identity',
      },
    ]);
    expect(one.signIns.state().failedLastHour).to.equal(1);
  });
});
