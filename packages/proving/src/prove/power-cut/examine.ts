/** Puts what a power cut left on disk into a directory, opens it as a spool, and reads every message in it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readLetter } from '../../loopback/message.ts';
import { openLmdbSpool } from '@mailpair/shared/spool/store/lmdb-spool';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { isOpen } from '@mailpair/shared/platform/values/entry';
import type { Image } from './disk.ts';

export interface Kept {
  readonly id: string;
  readonly digest: string;
  /** Those that it is still to be handed over for. */
  readonly recipients: readonly string[];
}

export interface Examined {
  readonly kept: readonly Kept[];
  /** What the spool has set aside. */
  readonly damaged: readonly string[];
}

/** @param spool where the files of the image lay */
export async function examine(image: Image, spool: string, directory: string): Promise<Examined> {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, content] of image) {
    const place = join(directory, relative(spool, path));
    if (!`${place}/`.startsWith(`${directory}/`)) continue;
    if (content) {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
    } else mkdirSync(place, { recursive: true });
  }
  let opened: Awaited<ReturnType<typeof openLmdbSpool>> | undefined;
  try {
    opened = await openLmdbSpool({ directory, minFreeBytes: 0, clock: systemClock });
    const kept: Kept[] = [];
    for (const entry of opened.list()) {
      const body = await opened.body(entry).catch(() => undefined);
      if (!body) continue;
      const octets = body.path === undefined ? Buffer.concat(body.chunks ?? []) : await readFile(body.path);
      const { id, digest } = readLetter(octets, entry.reversePath);
      kept.push({ id, digest, recipients: entry.recipients.filter(isOpen).map(({ address }) => address) });
    }
    // A commit that was cut off is one that nobody was told of; else a message is missing, and that is seen.
    const damaged = opened.damaged().filter(({ isDoubtful }) => !isDoubtful);
    return { kept, damaged: damaged.map(({ id, fault }) => `${id}: ${fault}`) };
  } catch (error) {
    return { kept: [], damaged: [`the spool, for ${(error as Error).message}`] };
  } finally {
    await opened?.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
