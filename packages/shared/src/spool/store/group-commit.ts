/**
 * One commit at a time: changes that are asked for while it is under way wait and share the next one, and with it
 * its sync. Before each commit those who are about to ask get a little time to, the more when there are many. So a busy
 * spool makes few large commits and an idle one answers at once. A change that frees space, which no client waits for,
 * waits a little for one that takes space, to go with it: a lone sender costs one commit a message.
 *
 * A change runs when its commit is put together, in the order of asking; it sees what the changes before it did. It
 * throws before it writes or not at all. When the disk is full, the changes that take space are refused and the
 * others are tried again without them. After any other failure nobody can say what is on the disk: every change is
 * refused until the process is started again and reads it.
 */
import { SpoolFullError } from './spool.ts';

/** Of the event loop, for those who are about to ask. They take as long as there is work, and no time when there is none. */
const TURNS = 2;
/** When so many shared the last commit, this many turns make the next a larger one. */
const [MANY, TURNS_FOR_MANY] = [4, 8];
const PATIENCE_MS = 5;
/** So many changes that take no space are worth a commit of their own. */
const ENOUGH = 100;
/** More of them are not made in one commit: they are anywhere in the file, and all they touch is in memory until it is done. */
const MOST = 250;

interface Waiting {
  readonly change: () => unknown;
  readonly takesSpace: boolean;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  result?: unknown;
}

export class GroupCommit {
  readonly #commit: (write: () => void) => Promise<void>;
  readonly #changesPerCommit: number;
  readonly #patienceMs: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #refusal: Error | undefined;
  #turns = TURNS;
  #isFailing = false;
  /** Ends the wait for a change that takes space. */
  #goOn: () => void = () => undefined;

  /** `commit` runs `write`, which puts and removes, and resolves when that is on disk. */
  constructor(
    commit: (write: () => void) => Promise<void>,
    changesPerCommit = 1000,
    patienceMs = PATIENCE_MS,
  ) {
    this.#commit = commit;
    this.#changesPerCommit = changesPerCommit;
    this.#patienceMs = patienceMs;
  }

  /** Resolves with what `change` returned when its effects are on disk. */
  submit<T>(change: () => T, takesSpace = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#refusal) {
        reject(this.#refusal);
        return;
      }
      this.#waiting.push({ change, takesSpace, resolve: resolve as (result: unknown) => void, reject });
      this.#running ??= this.#run();
      if (takesSpace || this.#waiting.length >= ENOUGH) this.#goOn();
    });
  }

  /** The last commit failed; true for good once everything is refused. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Refuses further changes and waits for those under way. */
  async close(): Promise<void> {
    this.#refusal ??= new Error('The spool is closed');
    this.#goOn();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (let turn = this.#turns; turn > 0; turn -= 1) await new Promise(setImmediate);
      if (this.#mayWait()) await this.#company();
      await this.#commitTogether(this.#waiting.splice(0, this.#countTogether()));
    }
    this.#running = undefined;
  }

  #countTogether(): number {
    let scattered = 0;
    const end = this.#waiting.findIndex(({ takesSpace }) => !takesSpace && (scattered += 1) > MOST);
    return Math.min(end < 0 ? Infinity : end, this.#changesPerCommit);
  }

  #mayWait(): boolean {
    const waiting = this.#waiting;
    return !this.#refusal && waiting.length < ENOUGH && !waiting.some(({ takesSpace }) => takesSpace);
  }

  /** Resolves when a change that takes space has come, or many have, or after a while. */
  async #company(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#patienceMs);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#goOn = () => undefined;
  }

  async #commitTogether(group: Waiting[]): Promise<void> {
    // All of them, should it fail before it gets to the changes.
    let done = group;
    this.#turns = group.length < MANY ? TURNS : TURNS_FOR_MANY;
    try {
      await this.#commit(() => {
        done = group.filter(runChange);
      });
      this.#isFailing = false;
      for (const { resolve, result } of done) resolve(result);
    } catch (error) {
      this.#isFailing = true;
      await this.#refuse(done, error as Error);
    }
  }

  async #refuse(group: Waiting[], error: Error): Promise<void> {
    const others = group.filter(({ takesSpace }) => !takesSpace);
    if (!(error instanceof SpoolFullError)) this.#fail(error);
    else if (others.length > 0 && others.length < group.length) {
      for (const { takesSpace, reject } of group) if (takesSpace) reject(error);
      await this.#commitTogether(others);
      return;
    }
    for (const { reject } of group) reject(error);
  }

  #fail(error: Error): void {
    this.#refusal = new Error(
      `The spool stopped after a failed write (${error.message}): check the disk, then start the gateway again`,
      { cause: error },
    );
    for (const { reject } of this.#waiting.splice(0)) reject(this.#refusal);
  }
}

/** Whether the change was made; one that throws is refused alone. */
function runChange(waiting: Waiting): boolean {
  try {
    waiting.result = waiting.change();
    return true;
  } catch (error) {
    waiting.reject(error);
    return false;
  }
}
