/** Reads the configuration again: for SIGHUP and for the operator's command, one after the other, with the same report. */
import type { ReloadAnswer } from './reload-answer.ts';
import type { KeyChanges } from '../../config/key-changes.ts';
import { ConfigError } from '../../config/read/load-settings.ts';
import type { Log } from '../../platform/log/log.ts';

export class Reloading {
  readonly #apply: () => Promise<KeyChanges>;
  readonly #log: Log;
  #last: Promise<unknown> = Promise.resolve();

  /** @param apply throws before it changes anything, or changes everything */
  constructor(apply: () => Promise<KeyChanges>, log: Log) {
    this.#apply = apply;
    this.#log = log;
  }

  /** Never rejects. The log says what came of it. */
  run(): Promise<ReloadAnswer> {
    const next = this.#last.then(() => this.#once());
    this.#last = next;
    return next;
  }

  async #once(): Promise<ReloadAnswer> {
    try {
      const { applied, restart } = await this.#apply();
      this.#log.info('gateway.reloaded', { applied });
      if (restart.length > 0)
        this.#log.warn('gateway.restart-needed', { keys: restart, fix: 'restart this gateway' });
      return { kind: 'applied', applied, restart };
    } catch (error) {
      const reason = (error as Error).message;
      this.#log.error('gateway.reload-refused', { reason });
      return { kind: 'refused', reason, faults: error instanceof ConfigError ? error.faults : [] };
    }
  }
}
