import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import {
  FREE_BYTES,
  MEMORY_FACTOR,
  MessageRoom,
  roomIn,
  type Guest,
  type Place,
} from '@mailpair/shared/smtp/server/message-room';

const MB = 1024 * 1024;
const stranger = (client: string): Guest => ({ client, isFavoured: false });
const known: Guest = { client: '192.0.2.99', isFavoured: true };

describe('the room for messages', () => {
  let left: number;
  let now: number;
  let room: MessageRoom;
  let strangers: number;
  beforeEach(() => {
    left = 16 * MEMORY_FACTOR * MB; // for 16 messages of 1 MB, of which 12 may be of strangers
    now = 0;
    room = new MessageRoom(
      () => left,
      () => now,
    );
    strangers = 0;
  });

  const next = (): Guest => stranger(`192.0.2.${(strangers += 1)}`);

  /** As many messages of 1 MB as have a place, each of another client or of those given. */
  function fill(guest: () => Guest = next): Place[] {
    const places: Place[] = [];
    for (let place = room.take(MB, guest()); place; place = room.take(MB, guest())) places.push(place);
    return places;
  }

  /** Takes them in as a whole, as memory shows then. */
  function arrive(places: readonly Place[]): void {
    for (const place of places) expect(place.arrived(MB)).to.equal(true);
    left -= places.length * MB;
    room.measured();
  }

  it('is three quarters of what is left for strangers, and the rest for clients that are known', () => {
    expect(fill()).to.have.lengthOf(12);
    expect(room.hasRoomFor(MB, next())).to.equal(false);
    expect(fill(() => known)).to.have.lengthOf(4);
  });

  it('is there again when a message is done with', () => {
    const [first] = fill();
    first!.release();
    expect(fill()).to.have.lengthOf(1);
  });

  it('is counted once, by what was announced and then by what was measured', () => {
    const places = fill();
    arrive(places);
    // What has come is in memory; what it is still to take, copied and read, is not.
    expect(fill()).to.have.lengthOf(0);
    left -= places.length * (MEMORY_FACTOR - 1) * MB;
    expect(room.hasRoomFor(MB, next())).to.equal(false);
    for (const place of places) place.release();
    left = 16 * MEMORY_FACTOR * MB;
    expect(fill()).to.have.lengthOf(12);
  });

  it('is no matter for small messages', () => {
    left = -1;
    fill();
    expect(room.hasRoomFor(FREE_BYTES, next())).to.equal(true);
    expect(room.take(0, next())?.arrived(FREE_BYTES)).to.equal(true);
  });

  it('takes one large message when there is no other, however little is left', () => {
    left = 0;
    const place = room.take(50 * MB, next())!;
    expect(place.arrived(50 * MB)).to.equal(true);
    expect(room.hasRoomFor(MB, known)).to.equal(false);
    place.release();
    expect(room.hasRoomFor(MB, next())).to.equal(true);
  });

  it('is asked for as a message comes that said no size, or too small a one', () => {
    fill().pop()!.release();
    const place = room.take(0, next())!;
    expect(place.arrived(MB)).to.equal(true);
    expect(room.hasRoomFor(MB, next())).to.equal(false);
    expect(place.arrived(2 * MB)).to.equal(false);
    expect([place.isLost, place.arrived(2 * MB + 1)]).to.deep.equal([true, false]);
    expect(room.hasRoomFor(MB, next())).to.equal(true);
  });

  it('is not kept for what was announced and does not come', () => {
    const [first] = fill();
    first!.arrived(FREE_BYTES * 2);
    now = 10_001;
    room.measured();
    expect(fill().length).to.be.at.least(11);
    expect(first!.arrived(MB)).to.equal(false);
  });

  it('is at most a quarter of what strangers have for one client', () => {
    const one = stranger('198.51.100.1');
    expect(fill(() => one)).to.have.lengthOf(3);
    expect(fill()).to.have.lengthOf(9);
    expect(room.hasRoomFor(MB, one)).to.equal(false);
  });

  it('of a worker is its part of what is left, but for a tenth of all, with the blocks that it has', () => {
    const use = { usedBytes: 300 * MB, limitBytes: 500 * MB };
    expect(roomIn(use, 2, 10 * MB)).to.equal(85 * MB);
  });
});
