import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Failures } from '@mailpair/shared/directory/sign-in/failures';
import { HashQueue } from '@mailpair/shared/directory/sign-in/hash-queue';
import { SignInLimits } from '@mailpair/shared/directory/sign-in/limits';
import { openSignInNetworks, type SignInNetworks } from '@mailpair/shared/directory/sign-in/networks';
import { SignIns } from '@mailpair/shared/directory/sign-in/sign-in';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { NoTarpit } from '../../../support/no-tarpit.ts';

describe('signing in', () => {
  let directory: string;
  let now: number;
  let networks: SignInNetworks;
  let tarpit: NoTarpit;
  let queue: HashQueue;
  let users: object;
  let hashed: string[];
  /** Hashes that have begun wait for it. */
  let gate: Promise<void>;
  let signIns: SignIns;
  const told: unknown[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-sign-in-'));
    now = 1_798_761_600_000;
    users = {};
    hashed = [];
    gate = Promise.resolve();
    told.length = 0;
    tarpit = new NoTarpit();
    queue = new HashQueue({ atATime: 2, strangers: 32, known: 256 });
    const clock = { now: () => now };
    networks = openSignInNetworks({
      path: join(directory, 'journal'),
      keeps: true,
      clock,
      onFault: (error) => expect.fail(error.message),
    });
    signIns = new SignIns({
      ...{ networks, queue, tarpit, clock },
      limits: new SignInLimits(),
      failures: new Failures(clock),
      users: () => users,
      async verify(user, password) {
        hashed.push(`${user} ${password}`);
        await gate;
        return password === 'right';
      },
      onArrival: (key) => told.push(key),
      onFailure: (_failure, refused) => told.push(...refused),
    });
  });
  afterEach(async () => {
    tarpit.close();
    await networks.close();
    rmSync(directory, { recursive: true });
  });

  const attempt = async (client: string, user: string, password: string, session = {}): Promise<string> =>
    (await signIns.attempt(session, client, user, password)).kind;
  const guess = async (client: string, user: string, times: number): Promise<string[]> => {
    const kinds: string[] = [];
    for (let n = 0; n < times; n += 1) kinds.push(await attempt(client, user, `guess ${n}`));
    return kinds;
  };

  it('computes at most two hashes at a time while forty guess, and one of them for whom it knows', async () => {
    await attempt('192.0.2.7', 'anna', 'right');
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const guesses = Array.from({ length: 40 }, (_, n) => attempt(`198.51.100.${n}`, 'anna', `guess ${n}`));
    await setImmediate();
    expect([queue.running, queue.waiting]).to.deep.equal([1, 32]);
    const legitimate = attempt('192.0.2.7', 'anna', 'right');
    await setImmediate();
    expect([queue.running, queue.waiting]).to.deep.equal([2, 32]);
    expect(hashed.at(-1)).to.equal('anna right');
    open();
    expect(await legitimate).to.equal('right');
    const kinds = Map.groupBy(await Promise.all(guesses), (kind) => kind);
    expect(Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]))).to.deep.equal({
      wrong: 20, // then the account is refused, also to those that waited already
      refused: 13,
      busy: 7,
    });
    expect(hashed).to.have.length(22);
    expect(queue.most).to.equal(2);
  });

  it('gives one client a part of the places, apart for accounts that signed in from there', async () => {
    for (const user of ['anna', 'bert']) await attempt('192.0.2.7', user, 'right');
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const known = Array.from({ length: 130 }, () => attempt('192.0.2.7', 'anna', 'right'));
    const others = Array.from({ length: 9 }, (_, n) => attempt('192.0.2.7', `user${n}`, 'x'));
    await setImmediate();
    expect(queue.running + queue.waiting).to.equal(128 + 8);
    open();
    for (const [all, busy] of [
      [known, 2],
      [others, 1],
    ] as const)
      expect((await Promise.all(all)).filter((kind) => kind === 'busy')).to.have.length(busy);
  });

  it('says nothing of a password that is tried while it is refused', async () => {
    await guess('192.0.2.7', 'anna', 20);
    expect(await attempt('192.0.2.7', 'anna', 'right')).to.equal('refused');
    expect(await attempt('203.0.113.1', 'anna', 'right')).to.equal('refused');
    expect(hashed).to.not.include('anna right');
    expect(told).to.deep.equal([{ network: '192.0.2.7' }, { account: 'anna' }]);
  });

  it('counts names without regard to case, and those that are too long by their beginning', async () => {
    for (let n = 0; n < 10; n += 1) {
      await attempt(`198.51.${n}.1`, 'Anna', 'x');
      await attempt(`198.51.${n}.1`, 'ANNA', 'x');
    }
    expect(await attempt('203.0.113.1', 'anna', 'right')).to.equal('refused');
    const long = 'x'.repeat(320);
    for (let n = 0; n < 20; n += 1) await attempt(`198.18.${n}.1`, `${long}${n}`, 'x');
    expect(await attempt('203.0.113.1', `${long}other`, 'right')).to.equal('refused');
  });

  it('does not refuse an account where it signed in within 30 days, though it is guessed at everywhere', async () => {
    await attempt('192.0.2.7', 'anna', 'right');
    for (let n = 0; n < 30; n += 1) await attempt(`198.51.${n}.1`, 'anna', 'guess');
    expect(await attempt('203.0.113.1', 'anna', 'right')).to.equal('refused');
    expect(await attempt('192.0.2.7', 'anna', 'right')).to.equal('right');
    expect(await attempt('192.0.2.200', 'anna', 'right')).to.equal('right');
    now += 31 * 24 * 3_600_000;
    for (let n = 0; n < 30; n += 1) await attempt(`198.51.${n}.1`, 'anna', `guess ${n}`);
    expect(await attempt('192.0.2.7', 'anna', 'right')).to.equal('refused');
  });

  it('lets a device go on with an old password without a hash and without a limit, for itself or its network', async () => {
    await attempt('192.0.2.7', 'anna', 'right');
    for (const user of ['anna', 'bert']) {
      const kinds = [];
      for (let n = 0; n < 500; n += 1) kinds.push(await attempt('192.0.2.7', user, 'old'));
      expect(new Set(kinds)).to.deep.equal(new Set(['wrong', 'repeated']));
      expect(hashed.filter((each) => each === `${user} old`)).to.have.length(1);
    }
    expect(await attempt('192.0.2.7', 'anna', 'right')).to.equal('right');
    expect(await attempt('192.0.2.7', 'carl', 'right')).to.equal('right');
    expect(tarpit.delays).to.deep.equal([]);
  });

  it('looks again at a password that was wrong when the users changed, also when they did meanwhile', async () => {
    expect(await attempt('192.0.2.7', 'anna', 'new')).to.equal('wrong');
    expect(await attempt('192.0.2.7', 'anna', 'new')).to.equal('repeated');
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const before = attempt('192.0.2.7', 'anna', 'newer');
    await setImmediate();
    users = {};
    open();
    expect(await before).to.equal('wrong');
    expect(await attempt('192.0.2.7', 'anna', 'new')).to.equal('wrong');
    expect(await attempt('192.0.2.7', 'anna', 'newer')).to.equal('wrong');
  });

  it('delays before it looks, whatever the password is', async () => {
    await guess('192.0.2.7', 'anna', 10);
    expect(await attempt('192.0.2.7', 'anna', 'right')).to.equal('right');
    expect(tarpit.delays).to.deep.equal([...Array<number>(4).fill(1_000), 1_000]);
  });

  it('computes nothing for a session that ends while it is delayed or waits', async () => {
    await guess('192.0.2.7', 'anna', 10);
    tarpit.isHolding = true;
    const [delayed, waiting] = [{}, {}];
    const first = attempt('192.0.2.7', 'anna', 'one', delayed);
    const { promise, resolve: open } = Promise.withResolvers<void>();
    gate = promise;
    const running = attempt('198.51.100.1', 'carl', 'x');
    const second = attempt('198.51.100.2', 'carl', 'two', waiting);
    await setImmediate();
    for (const session of [delayed, waiting]) signIns.gone(session);
    open();
    expect(await Promise.all([first, running, second])).to.deep.equal(['gone', 'wrong', 'gone']);
    expect(hashed).to.not.include('anna one').and.not.include('carl two');
  });
});
