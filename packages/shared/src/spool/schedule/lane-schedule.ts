/**
 * Whose turn it is: the lanes that have something to be attempted, in memory. Submitters take turns, and the lanes of each
 * take turns. A lane is asked for with `next` and given back with `again`, `later` or `wait`; of one that is not, nothing is
 * left. Pure but for its own memory, which grows with lanes, not with entries.
 */
import { parseLane, type LaneName } from '../store/lane.ts';
import { TimeHeap } from './time-heap.ts';

export interface Lane extends LaneName {
  readonly name: string;
  /** No entry that is not being attempted is due earlier. */
  dueAt: number;
  /** Where reading goes on; undefined at the beginning. */
  after: string | undefined;
}

interface Place extends Lane {
  /** `ready`: in a row · `later`: at `lookAt` · `out`: given out. */
  state: 'ready' | 'later' | 'out';
  lookAt: number;
  /** The next hop that it waits for, besides `lookAt`. */
  hop: string | undefined;
}

export class LaneSchedule {
  readonly #lanes = new Map<string, Place>();
  readonly #later = new TimeHeap<Place>((place) => place.state === 'later');
  /** By submitter, those whose turn it is first. A submitter that has had its turn goes to the end. */
  readonly #rows = new Map<string, Place[]>();
  readonly #waiting = new Map<string, Place[]>();

  /** An entry in the lane is due then. */
  note(name: string, dueAt: number): void {
    const place = this.#lanes.get(name) ?? this.#add(name);
    if (dueAt <= place.dueAt) {
      place.dueAt = dueAt;
      place.after = undefined;
    }
    if (place.state === 'later' && dueAt < place.lookAt) this.#at(place, dueAt);
  }

  /** The next lane with something due, of a submitter that `mayGo`. */
  next(now: number, mayGo: (submitter: string) => boolean): Lane | undefined {
    for (let place = this.#later.take(now); place; place = this.#later.take(now)) this.#ready(place);
    for (const [submitter, row] of this.#rows) {
      if (!mayGo(submitter)) continue;
      const place = row.shift()!;
      this.#rows.delete(submitter);
      if (row.length > 0) this.#rows.set(submitter, row);
      place.state = 'out';
      return place;
    }
    return undefined;
  }

  /** More is due in it. */
  again(lane: Lane): void {
    this.#ready(lane as Place);
  }

  /** Nothing is due before `dueAt`; Infinity lets go of it. */
  later(lane: Lane, dueAt: number): void {
    lane.dueAt = dueAt;
    lane.after = undefined;
    if (dueAt === Infinity) this.#lanes.delete(lane.name);
    else this.#at(lane as Place, dueAt);
  }

  /** It has something due, but not before `freed` or `lookAt`. */
  wait(lane: Lane, hop: string, lookAt: number): void {
    const place = lane as Place;
    if (place.hop !== hop) {
      place.hop = hop;
      const waiting = this.#waiting.get(hop);
      if (waiting) waiting.push(place);
      else this.#waiting.set(hop, [place]);
    }
    this.#at(place, lookAt);
  }

  waitsFor = (hop: string): boolean => this.#waiting.has(hop);

  /** There is room at a next hop for so many: as many lanes that wait for it are looked at. */
  freed(hop: string, count: number): void {
    const waiting = this.#waiting.get(hop);
    if (!waiting) return;
    for (const place of waiting.splice(0, count)) {
      place.hop = undefined;
      if (place.state === 'later') this.#ready(place);
    }
    if (waiting.length === 0) this.#waiting.delete(hop);
  }

  /** Whether a lane could be given out. */
  get hasReady(): boolean {
    return this.#rows.size > 0;
  }

  /** When to look next though nobody calls; Infinity when never. */
  get nextAt(): number {
    return this.#later.first;
  }

  /** When the first entry was due that waits for its turn, or (`all`) for its next hop or time. */
  oldestDueAt(all: boolean): number {
    let oldest = Infinity;
    for (const { state, dueAt } of this.#lanes.values())
      if ((all || state === 'ready') && dueAt < oldest) oldest = dueAt;
    return oldest;
  }

  get size(): number {
    return this.#lanes.size;
  }

  #add(name: string): Place {
    const place: Place = {
      name,
      ...parseLane(name),
      dueAt: Infinity,
      after: undefined,
      state: 'later',
      lookAt: Infinity,
      hop: undefined,
    };
    this.#lanes.set(name, place);
    return place;
  }

  #at(place: Place, lookAt: number): void {
    place.state = 'later';
    place.lookAt = lookAt;
    this.#later.put(place, lookAt);
  }

  #ready(place: Place): void {
    place.state = 'ready';
    const submitter = place.submitter ?? place.name;
    const row = this.#rows.get(submitter);
    if (row) row.push(place);
    else this.#rows.set(submitter, [place]);
  }
}
