import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Door } from '@mailpair/shared/gateway/pair/admission';
import { DoorNews } from '@mailpair/shared/gateway/pair/door-news';

/** What is told when the door is so in one second after the other, as `SECOND DOOR CHANGES`. */
function toldOf(doors: readonly Door[]): string[] {
  let second = 0;
  const news = new DoorNews(() => second * 1_000);
  return doors.flatMap((door, at) => {
    second = at;
    const changes = news.look(door);
    return changes === undefined ? [] : [`${at} ${door} ${changes}`];
  });
}

const forSeconds = (door: Door, seconds: number): Door[] => Array<Door>(seconds).fill(door);

describe('the news of the door', () => {
  it('are none while it stays open', () => {
    expect(toldOf(forSeconds('open', 200))).to.deep.equal([]);
  });

  it('are told at once when a state is new', () => {
    expect(toldOf(['open', 'shedding', 'shut', 'open'])).to.deep.equal([
      '1 shedding 1',
      '2 shut 1',
      '3 open 1',
    ]);
  });

  it('are told once a minute at most when it changes every second', () => {
    const flapping = Array.from({ length: 120 }, (_, n): Door => (n % 2 === 0 ? 'shedding' : 'open'));
    expect(toldOf(flapping)).to.deep.equal(['0 shedding 1', '1 open 1', '60 shedding 59', '61 open 1']);
  });

  it('end with the state that lasts', () => {
    const doors: Door[] = ['shedding', 'open', 'shedding', 'open', ...forSeconds('shedding', 100)];
    expect(toldOf(doors)).to.deep.equal(['0 shedding 1', '1 open 1', '60 shedding 3']);
  });
});
