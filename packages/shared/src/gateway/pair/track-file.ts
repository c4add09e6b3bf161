/**
 * Keeps the number in a track file true. The file is replaced as a whole, and only when the number changes: keepalived
 * watches it. While the gateway stops, and after, it says `FAULT`; of a gateway that was killed it says the last
 * number, so keepalived must watch the port besides.
 */
import { rename, writeFile } from 'node:fs/promises';
import { FAULT } from './track-number.ts';

export interface TrackFile {
  /** Says that clients go elsewhere, for good. */
  withdraw(): Promise<void>;
}

export interface TrackFileOptions {
  readonly path: string;
  /** The number to tell, given the one that the file holds. */
  readonly number: (told: number | null) => number;
  /** Told once, until it works again. */
  readonly failed: (error: unknown) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;

export function openTrackFile({ path, number, failed, everyMs = EVERY_MS }: TrackFileOptions): TrackFile {
  let told: number | null = null;
  let hasFailed = false;
  let writing: Promise<void> = Promise.resolve();

  async function tell(next: number): Promise<void> {
    if (next === told) return;
    try {
      await writeFile(`${path}.new`, `${next}\n`, { mode: 0o644 });
      await rename(`${path}.new`, path);
      told = next;
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) failed(error);
      hasFailed = true;
    }
  }

  const queue = (next: () => number): Promise<void> => (writing = writing.then(() => tell(next())));
  const look = (): void => void queue(() => number(told));
  const timer = setInterval(look, everyMs).unref();
  look();
  return {
    withdraw() {
      clearInterval(timer);
      return queue(() => FAULT);
    },
  };
}
