/**
 * Writes the disk image after a power cut into a directory, opens it as a spool, and reads every message in
 * it.
 */
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
  /** The recipients that are still to be delivered. */
  readonly recipients: readonly string[];
}

export interface Examined {
  readonly kept: readonly Kept[];
  /** The entries that the spool has set aside. */
  readonly damaged: readonly string[];
}

/** @param spool the directory of the spool in the image */
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
    // An incomplete commit was never acknowledged. If it contained an acknowledged message, that message is
    // found missing.
    const damaged = opened.damaged().filter(({ isDoubtful }) => !isDoubtful);
    return { kept, damaged: damaged.map(({ id, fault }) => `${id}: ${fault}`) };
  } catch (error) {
    return { kept: [], damaged: [`the spool, for ${(error as Error).message}`] };
  } finally {
    await opened?.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
