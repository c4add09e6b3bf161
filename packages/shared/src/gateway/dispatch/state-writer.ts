/**
 * Writes the states of entries down, however long it takes: forgetting that a recipient was relayed would send it again.
 *
 * While the spool refuses that, nothing new is to be sent (`isHeldUp`), for its outcome could not be kept either, and a process
 * that is started anew would send it again. What it refuses for a reason of one entry alone holds nobody up.
 */
import type { Spool } from '../../spool/store/spool.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Entry } from '../../platform/values/entry.ts';

export interface StateWriterParts {
  readonly spool: Pick<Spool, 'update' | 'remove' | 'isFailing'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  /** A state was written that could not be before. */
  goOn(): void;
}

const AGAIN_MS = 5_000;
/** How often the same is said. */
const SAY_AGAIN_MS = 60_000;

export class StateWriter {
  readonly #parts: StateWriterParts;
  #unwritten = 0;
  #saidAt = -Infinity;
  #stopped = false;

  constructor(parts: StateWriterParts) {
    this.#parts = parts;
  }

  get isHeldUp(): boolean {
    return this.#unwritten > 0 && this.#parts.spool.isFailing;
  }

  /** From now on what fails is given up. */
  stop(): void {
    this.#stopped = true;
  }

  start(): void {
    this.#stopped = false;
  }

  /** `null` removes it. @throws once stopped */
  async write(id: string, entry: Entry | null): Promise<void> {
    const { spool, goOn } = this.#parts;
    for (let hasFailed = false; ; hasFailed = true) {
      try {
        await (entry ? spool.update(entry) : spool.remove(id));
        if (!hasFailed) return;
        this.#unwritten -= 1;
        return goOn();
      } catch (error) {
        if (!hasFailed) this.#unwritten += 1;
        this.#say(id, error);
        if (this.#stopped) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  #say(id: string, err: unknown): void {
    const { clock, log } = this.#parts;
    if (Math.abs(clock.now() - this.#saidAt) < SAY_AGAIN_MS) return;
    this.#saidAt = clock.now();
    log.error('spool.fault', {
      id,
      err,
      unwritten: this.#unwritten,
      fix: 'states are kept in memory and written again every few seconds; nothing new is sent as long as the disk refuses them',
    });
  }
}
