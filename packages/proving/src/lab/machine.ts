/**
 * The processor of a simulated host. Tasks share it equally (processor sharing), as sessions share an event
 * loop: each of n tasks runs at 1/n of the speed, and one task alone uses at most one core.
 */
import type { Timeline } from './timeline.ts';

interface Task {
  /** The value of `#given` at which this task is complete. */
  readonly doneAt: number;
  readonly done: () => void;
}

export class Machine {
  readonly #timeline: Timeline;
  readonly #cores: number;
  /** Sorted by `doneAt`. */
  readonly #tasks: Task[] = [];
  /** The work in ms that a task which has been present from the start would have received. */
  #given = 0;
  #countedAt = 0;
  #busyMs = 0;
  #takenBusyMs = 0;
  #takenAt = 0;
  /** The planned completion with this number is valid until a task starts or ends. */
  #plan = 0;

  /**
   * @param cores the number of cores, of which one task uses at most one; less than 1 is a fraction of a core
   */
  constructor(timeline: Timeline, cores: number) {
    this.#timeline = timeline;
    this.#cores = cores;
  }

  /** @param workMs the time in ms that the task takes on a core of its own */
  run(workMs: number, done: () => void): void {
    this.#count();
    const task = { doneAt: this.#given + workMs, done };
    let at = this.#tasks.length;
    while (at > 0 && this.#tasks[at - 1]!.doneAt > task.doneAt) at -= 1;
    this.#tasks.splice(at, 0, task);
    this.#planNext();
  }

  /** The fraction of the time since the last call in which the processor was busy. */
  takeUtilization(): number {
    this.#count();
    const { now } = this.#timeline;
    const elapsed = now - this.#takenAt;
    const share = elapsed === 0 ? 0 : (this.#busyMs - this.#takenBusyMs) / elapsed;
    this.#takenBusyMs = this.#busyMs;
    this.#takenAt = now;
    return share;
  }

  get #speed(): number {
    return Math.min(Math.min(1, this.#cores), this.#cores / this.#tasks.length);
  }

  #count(): void {
    const elapsed = this.#timeline.now - this.#countedAt;
    this.#countedAt = this.#timeline.now;
    if (this.#tasks.length === 0) return;
    this.#given += elapsed * this.#speed;
    this.#busyMs += elapsed * Math.min(1, this.#tasks.length / Math.max(1, this.#cores));
  }

  #planNext(): void {
    this.#plan += 1;
    const [next] = this.#tasks;
    if (!next) return;
    const plan = this.#plan;
    this.#timeline.after((next.doneAt - this.#given) / this.#speed, () => {
      if (plan === this.#plan) this.#finish();
    });
  }

  #finish(): void {
    this.#count();
    const task = this.#tasks.shift()!;
    this.#given = Math.max(this.#given, task.doneAt);
    this.#planNext();
    task.done();
  }
}
