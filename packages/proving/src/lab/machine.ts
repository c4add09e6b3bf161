/**
 * The processor of a simulated host. Tasks share it equally (processor sharing), as sessions share an event loop: with n tasks
 * each advances at 1/n of its speed, and one task alone is no faster than one core.
 */
import type { Timeline } from './timeline.ts';

interface Task {
  /** Of the work that each task has been given, when this one is done. */
  readonly doneAt: number;
  readonly done: () => void;
}

export class Machine {
  readonly #timeline: Timeline;
  readonly #cores: number;
  /** In order of `doneAt`. */
  readonly #tasks: Task[] = [];
  /** Milliseconds of work that each task present from the beginning would have been given. */
  #given = 0;
  #countedAt = 0;
  #busyMs = 0;
  #takenBusyMs = 0;
  #takenAt = 0;
  /** A completion that is planned holds only as long as no task comes or goes. */
  #plan = 0;

  /** @param cores of which one task uses one at most; less than 1 is a share of a core */
  constructor(timeline: Timeline, cores: number) {
    this.#timeline = timeline;
    this.#cores = cores;
  }

  /** @param workMs time that the task takes on a core of its own */
  run(workMs: number, done: () => void): void {
    this.#count();
    const task = { doneAt: this.#given + workMs, done };
    let at = this.#tasks.length;
    while (at > 0 && this.#tasks[at - 1]!.doneAt > task.doneAt) at -= 1;
    this.#tasks.splice(at, 0, task);
    this.#planNext();
  }

  /** Share of the time since it was asked last in which the processor worked. */
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
