/**
 * The process above the workers of a gateway: starts them, starts those that end anew, passes on signals and what they tell
 * each other. It listens to nothing and opens no file. Its workers have the account and the capabilities that it has.
 *
 * The first worker starts alone: what hinders one hinders all, is said once, and ends everything. After that a worker that ends
 * is started again, sooner or later; the others go on. One that hangs is ended (see watchdog.ts). When all are to end the face
 * goes last. Killed itself, its workers notice that and drain.
 */
import type { Log } from '../../platform/log/log.ts';
import { endsAfter, restartAfterMs } from './restart.ts';
import type { Change, Told } from './siblings.ts';
import { SIGN_MS, Watchdog, type ProcessState } from './watchdog.ts';
import type { OfWorker, ToWorker } from './worker.ts';

/** A process as it is started. */
export interface Child {
  readonly pid: number | undefined;
  send(message: ToWorker): void;
  /** Messages that it has not taken yet. */
  readonly waiting: number;
  /** What the kernel says of it. */
  state(): ProcessState;
  kill(signal: NodeJS.Signals): void;
  onMessage(listener: (message: OfWorker) => void): void;
  onExit(listener: (code: number | null, signal: NodeJS.Signals | null) => void): void;
}

export interface SupervisorParts {
  readonly workers: number;
  start(worker: number, isFirst: boolean): Child;
  /** Ends this process. */
  exit(code: number): void;
  readonly log: Log;
  readonly now: () => number;
}

interface Place {
  readonly worker: number;
  child: Child | null;
  watchdog: Watchdog;
  isReady: boolean;
  isDrained: boolean;
  /** Messages were not passed on, for it took none. */
  hasMissed: boolean;
  startedAt: number;
  ends: number;
  timer?: NodeJS.Timeout;
}

/** Of a process that has just been started. */
const asNew = (): Pick<Place, 'watchdog' | 'isReady' | 'isDrained' | 'hasMissed'> => ({
  watchdog: new Watchdog(),
  isReady: false,
  isDrained: false,
  hasMissed: false,
});

/** Told a second time to end, a worker does so at once, or is ended. */
const LENIENCE_MS = 2_000;
/** More than that wait only for a worker that takes none. */
const MOST_WAITING = 1_000;

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #places: readonly Place[];
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #exitCode = 0;
  #face: object = {};

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#places = Array.from({ length: parts.workers }, (_, worker) => ({
      worker,
      child: null,
      ...asNew(),
      startedAt: 0,
      ends: 0,
    }));
  }

  start(): void {
    setInterval(() => this.look(), SIGN_MS).unref();
    this.#start(this.#places[0]!);
  }

  /** Whether a worker hangs; every SIGN_MS. */
  look(): void {
    for (const { worker, child, watchdog } of this.#places) {
      const silence = child && watchdog.look(() => child.state());
      if (!silence) continue;
      const { hangs, state } = silence;
      const fields = { worker, pid: child.pid, state, fix: adviceFor(state) };
      if (!hangs) this.#parts.log.warn('worker.silent', fields);
      else {
        this.#parts.log.error('worker.hangs', fields);
        child.kill('SIGKILL');
      }
    }
  }

  /** Drains all workers, each in the time that it is configured to have, then ends; told once more, at once. */
  stop(signal: NodeJS.Signals): void {
    if (this.#phase === 'stopping') setTimeout(() => this.#kill(), LENIENCE_MS).unref();
    else this.#parts.log.info('gateway.stopping', { signal });
    this.#stop(0);
  }

  /** All workers read their configuration again. */
  reload(): void {
    for (const { child } of this.#places) child?.kill('SIGHUP');
  }

  #stop(code: number): void {
    if (this.#phase !== 'stopping') this.#exitCode = code;
    this.#phase = 'stopping';
    for (const place of this.#places) {
      clearTimeout(place.timer);
      place.child?.kill('SIGTERM');
    }
    this.#leaveWhenAlone();
  }

  /** When all end the face goes last, for it answers for the others. */
  #letFaceGo(): void {
    const [face, ...others] = this.#places;
    if (this.#phase === 'stopping' && others.some(({ child }) => child !== null)) return;
    if (face?.isDrained) face.child?.send({ kind: 'leave' });
  }

  #kill(): void {
    for (const { child } of this.#places) child?.kill('SIGKILL');
  }

  #leaveWhenAlone(): void {
    this.#letFaceGo();
    if (this.#places.some(({ child }) => child !== null)) return;
    if (this.#exitCode === 0) this.#parts.log.info('gateway.stopped');
    this.#parts.exit(this.#exitCode);
  }

  #start(place: Place): void {
    const { worker } = place;
    const child = this.#parts.start(worker, this.#phase === 'starting' && worker === 0);
    Object.assign(place, { child, ...asNew(), startedAt: this.#parts.now() });
    child.onMessage((message) => {
      if (place.child === child) this.#hear(place, message); // else the last words of one that ended
    });
    child.onExit((code, signal) => this.#ended(place, code, signal));
  }

  #hear(place: Place, message: OfWorker): void {
    switch (message.kind) {
      case 'alive':
        return place.watchdog.sign(message.hangAfterMs);
      case 'ready':
        return this.#ready(place, message.facts);
      case 'drained':
        place.isDrained = true;
        return this.#letFaceGo();
      case 'told':
        return this.#pass(message);
    }
  }

  #ready(place: Place, facts: object): void {
    place.isReady = true;
    if (place.worker === 0) this.#face = facts;
    this.#tellOthers(place, { kind: 'came', worker: place.worker });
    if (this.#phase !== 'starting') return;
    if (this.#places.every(({ isReady }) => isReady)) {
      this.#phase = 'running';
      const pids = this.#places.map(({ child }) => child?.pid);
      this.#parts.log.info('gateway.started', { ...this.#face, workers: pids });
    } else if (place.worker === 0) for (const other of this.#places.slice(1)) this.#start(other);
  }

  #pass(told: Told): void {
    for (const place of this.#places)
      if (place.worker === told.to || (told.to === undefined && place.worker !== told.from))
        this.#give(place, told);
  }

  /** One that hangs costs no memory here: it is left out, and told anew what there is when it goes on. */
  #give(place: Place, told: Told): void {
    const { child, worker } = place;
    if (!child) return;
    if (child.waiting > MOST_WAITING) place.hasMissed = true;
    else child.send(told);
    if (!place.hasMissed || child.waiting > 1) return;
    place.hasMissed = false;
    this.#tellOthers(place, { kind: 'came', worker });
  }

  #tellOthers(place: Place, change: Change): void {
    for (const other of this.#places) if (other !== place) other.child?.send(change);
  }

  #ended(place: Place, code: number | null, signal: NodeJS.Signals | null): void {
    const { log, now } = this.#parts;
    const { worker, child } = place;
    place.child = null;
    place.isReady = false;
    if (this.#phase === 'stopping') return this.#leaveWhenAlone();
    if (this.#phase === 'starting') return this.#stop(code || 2); // it said why
    place.ends = endsAfter(place.ends, now() - place.startedAt);
    const restartMs = restartAfterMs(place.ends);
    log.error('worker.ended', { worker, pid: child?.pid, code, signal, restartMs });
    this.#tellOthers(place, { kind: 'gone', worker });
    place.timer = setTimeout(() => this.#start(place), restartMs);
  }
}

function adviceFor(state: ProcessState): string {
  switch (state) {
    case 'runs':
      return 'it computes without end: see "A worker hangs" in docs/operations.md for where; it is ended and started anew';
    case 'waits':
      return 'it waits for what does not come: see "A worker hangs" in docs/operations.md; it is ended and started anew';
    case 'disk':
      return 'its disk does not answer: look at the disk of the spool (dmesg); it is let be';
    case 'stopped':
      return 'somebody stopped it (SIGSTOP, a debugger): let it go on (SIGCONT)';
  }
}
