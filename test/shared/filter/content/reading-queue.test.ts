import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  ReadingQueue,
  type ReadingClient,
  type Waiting,
} from '@mailpair/shared/filter/content/reading-queue';

const share = { count: 10_000, perMs: 60_000, perMessage: 2_000 };
const clientIn = (network: number, address = 1, trusted = false): ReadingClient => ({
  address: `10.0.${network}.${address}`,
  network: `10.0.${network}.0/24`,
  trusted,
});

describe('whose message is read next', () => {
  const create = (places = 100, bytes = 1_000_000): ReadingQueue<string> =>
    new ReadingQueue({ places, bytes }, () => share);
  const add = (
    queue: ReadingQueue<string>,
    client: ReadingClient,
    item: string,
    bytes = 100,
    until = Infinity,
  ): readonly string[] => queue.add({ client, item, bytes, until }).map((dropped) => dropped.item);

  /** All of them in the order they are read, each taking so much CPU time, `threads` at a time. */
  function order(queue: ReadingQueue<string>, threads: number, cpuMs: (item: string) => number): string[] {
    const read: string[] = [];
    const running: Waiting<string>[] = [];
    let now = 0;
    for (;;) {
      for (let next; running.length < threads && (next = queue.next(now));) {
        running.push(next);
        read.push(next.item);
      }
      const done = running.shift();
      if (!done) return read;
      now += 1;
      queue.done(done, cpuMs(done.item), now);
    }
  }

  it('waits for one of a client that has many at most, once each client has its turn', () => {
    const queue = create();
    for (let i = 0; i < 45; i += 1) add(queue, clientIn(1, i % 9), `hostile ${i}`);
    const running = [queue.next(0)!, queue.next(0)!];
    expect(running.map(({ item }) => item)).to.deep.equal(['hostile 0', 'hostile 1']);
    add(queue, clientIn(2), 'legitimate');
    queue.done(running[0]!, 1_500, 1);
    expect(queue.next(1)?.item).to.equal('legitimate');
  });

  it('lets clients with little go before one with much, by what they have used', () => {
    const queue = create();
    for (let i = 0; i < 4; i += 1) add(queue, clientIn(1), `much ${i}`);
    for (let network = 2; network < 5; network += 1)
      for (let i = 0; i < 2; i += 1) add(queue, clientIn(network), `${network} ${i}`);
    const read = order(queue, 1, (item) => (item.startsWith('much') ? 900 : 10));
    expect(read[0]).to.equal('much 0');
    expect(read.slice(1, 7).every((item) => !item.startsWith('much'))).to.equal(true);
    expect(read).to.have.length(10);
  });

  it('gives addresses of one network turns of their own', () => {
    const queue = create();
    for (let i = 0; i < 5; i += 1) add(queue, clientIn(1, 7), `hostile ${i}`);
    add(queue, clientIn(1, 8), 'neighbour');
    expect(order(queue, 1, () => 100).slice(0, 2)).to.deep.equal(['hostile 0', 'neighbour']);
  });

  it('reads one over its share in one thread only, and when nobody else waits', () => {
    const queue = create();
    for (let i = 0; i < 20; i += 1) add(queue, clientIn(1, i), `hostile ${i}`);
    for (let i = 0; i < 5; i += 1) queue.done(queue.next(i)!, 1_900, i);
    const only = queue.next(6)!;
    expect(only.item).to.match(/^hostile/);
    expect(queue.next(6)).to.equal(undefined);
    add(queue, clientIn(2), 'legitimate');
    expect(queue.next(6)?.item).to.equal('legitimate');
    // A minute later its share is whole again.
    queue.done(only, 0, 60_010);
    expect([queue.next(60_010), queue.next(60_010)].map((next) => next?.item)).to.not.include(undefined);
  });

  it('never takes ours for over its share', () => {
    const queue = create();
    for (let i = 0; i < 9; i += 1) add(queue, clientIn(1, 1, true), `ours ${i}`);
    for (let i = 0; i < 7; i += 1) queue.done(queue.next(0)!, 5_000, 0);
    expect([queue.next(0)?.item, queue.next(0)?.item]).to.deep.equal(['ours 7', 'ours 8']);
  });

  it('has bounded places, of which who has the most gives up the newest', () => {
    const queue = create(10);
    for (let i = 0; i < 10; i += 1) expect(add(queue, clientIn(1), `hostile ${i}`)).to.deep.equal([]);
    expect(add(queue, clientIn(1), 'one more')).to.deep.equal(['one more']);
    expect(add(queue, clientIn(2), 'legitimate')).to.deep.equal(['hostile 9']);
    for (let network = 3; network < 30; network += 1) add(queue, clientIn(network), `${network}`);
    expect(queue.length).to.equal(10);
    expect(order(queue, 1, () => 1)).to.include('legitimate');
  });

  it('holds so many octets, of which who has the most gives up', () => {
    const queue = create(100, 1_000);
    expect(add(queue, clientIn(1), 'large', 900)).to.deep.equal([]);
    expect(add(queue, clientIn(2), 'small', 200)).to.deep.equal(['large']);
    expect(add(queue, clientIn(3), 'huge', 2_000)).to.deep.equal(['huge']);
    expect(queue.length).to.equal(1);
  });

  it('lets go those that nobody waits for any more, and all at the end', () => {
    const queue = create();
    add(queue, clientIn(1), 'early', 100, 5);
    add(queue, clientIn(1), 'late', 100, 50);
    expect(queue.expired(10).map(({ item }) => item)).to.deep.equal(['early']);
    expect(queue.clear().map(({ item }) => item)).to.deep.equal(['late']);
    expect(queue.length).to.equal(0);
  });

  it('keys IPv6 addresses and what is no address by one name each', () => {
    const queue = create();
    const socket = { address: 'unix', network: 'unix', trusted: false };
    queue.add({ client: socket, item: 'a', bytes: 0, until: Infinity });
    queue.done(queue.next(0)!, 6_000, 0);
    queue.add({ client: socket, item: 'b', bytes: 0, until: Infinity });
    queue.add({ client: socket, item: 'c', bytes: 0, until: Infinity });
    // Charged once, it has 4 s of its 10 s left.
    expect([queue.next(0)?.item, queue.next(0)?.item]).to.deep.equal(['b', 'c']);
  });
});
