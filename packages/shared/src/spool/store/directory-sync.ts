/**
 * Syncs the names in a directory. Those who ask while a sync is under way share the next one: the one under way may have begun before
 * their names were there.
 */
import { open } from 'node:fs/promises';

export class DirectorySync {
  readonly #path: string;
  readonly #sync: (path: string) => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string, sync = syncDirectory) {
    this.#path = path;
    this.#sync = sync;
  }

  /** Resolves when the names that are there now are on disk. */
  sync(): Promise<void> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<void> {
    const sync = this.#sync(this.#path).finally(() => {
      if (this.#running === sync) this.#running = undefined;
    });
    this.#running = sync;
    return sync;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
