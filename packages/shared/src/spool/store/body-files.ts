/**
 * Large bodies, each in a file named by its entry.
 *
 * A body is in place only when it would survive a power cut: the file is synced, moved in, and then the directory is
 * synced. Only after that may the entry be written, so an entry always has its body, and a body without an entry is
 * left over from an `add` that nobody was told had succeeded.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, lstatSync, readdirSync, readSync } from 'node:fs';
import { link, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pages } from '../../platform/memory/block-pool.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import { openRegular, openRegularSync } from '../../platform/files/regular-file.ts';
import type { Body } from '../../platform/values/body.ts';
import { DirectorySync } from './directory-sync.ts';
import { SpoolFullError } from './spool.ts';

/** The header of most messages is not longer. */
export const HEADER_BYTES = 2 ** 14;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

export class BodyFiles {
  readonly #directory: string;
  readonly #incomingDirectory: string;
  /** Of the files there are. */
  readonly #names: DirectorySync;

  constructor(directory: string, incomingDirectory: string) {
    this.#directory = directory;
    this.#incomingDirectory = incomingDirectory;
    this.#names = new DirectorySync(directory);
  }

  path(id: string): string {
    return join(this.#directory, id);
  }

  /**
   * Links a file of the incoming directory, which its owner removes when it needs it no more, or writes the chunks.
   * @throws SpoolFullError when the disk has no room for it
   */
  async store(id: string, body: Body): Promise<void> {
    try {
      await this.#place(id, body);
    } catch (error) {
      if (!['ENOSPC', 'EDQUOT'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
      throw new SpoolFullError(`The disk of ${this.#directory} is full: free some space on it`, {
        cause: error,
      });
    }
  }

  async #place(id: string, body: Body): Promise<void> {
    const incoming = body.path ?? join(this.#incomingDirectory, id);
    const file = await openRegular(incoming, body.path === undefined ? NEW : constants.O_RDWR);
    try {
      if (body.path === undefined) await writeAll(file, body);
      await file.sync();
    } finally {
      await file.close();
    }
    if (failpoints) await failpoints.pass('spool.body-written');
    await (body.path === undefined ? rename : link)(incoming, this.path(id));
    await this.#names.sync();
    if (failpoints) await failpoints.pass('spool.body-placed');
  }

  /** Removes whatever there is of a body that was not taken. */
  async discard(id: string, body: Body): Promise<void> {
    for (const path of [body.path ?? join(this.#incomingDirectory, id), this.path(id)])
      await rm(path, { force: true });
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** What is wrong with a body, in words; undefined when it is as it was stored. */
  async fault(id: string, sizeBytes: number, sha256: string): Promise<string | undefined> {
    const hash = createHash('sha256');
    const page = pages.take();
    let read = 0;
    try {
      await using file = await openRegular(this.path(id));
      for (;;) {
        const { bytesRead } = await file.read({ buffer: page });
        if (bytesRead === 0) break;
        hash.update(page.subarray(0, bytesRead));
        read += bytesRead;
      }
    } catch (error) {
      return `the file of the body cannot be read: ${(error as Error).message}`;
    } finally {
      pages.giveBack([page]);
    }
    return bodyFault({ sizeBytes, sha256 }, read, hash.digest('hex'));
  }

  /** Ids of the files there are. A directory is none, and is left alone. */
  ids(): string[] {
    return readdirSync(this.#directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  }

  /** The first octets, where the header is. */
  beginning(id: string): Buffer {
    const octets = Buffer.alloc(HEADER_BYTES);
    const file = openRegularSync(this.path(id));
    try {
      return octets.subarray(0, readSync(file, octets));
    } finally {
      closeSync(file);
    }
  }

  writtenAt(id: string): number {
    return lstatSync(this.path(id)).mtimeMs;
  }
}

/** The difference between a body as it should be and as it was read. */
export function bodyFault(
  expected: { readonly sizeBytes: number; readonly sha256: string },
  sizeBytes: number,
  sha256: string,
): string | undefined {
  if (sizeBytes !== expected.sizeBytes)
    return `the body has ${sizeBytes} octets where ${expected.sizeBytes} were received`;
  if (sha256 !== expected.sha256)
    return `the body has SHA-256 ${sha256} where ${expected.sha256} was received`;
  return undefined;
}

async function writeAll(file: FileHandle, { chunks = [], sizeBytes }: Body): Promise<void> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length !== sizeBytes) throw new Error(`a body has ${length} octets instead of ${sizeBytes}`);
  let { bytesWritten } = await file.writev(chunks);
  // What the disk did not take at once is written again, so that it says why.
  for (const chunk of chunks) {
    if (bytesWritten < chunk.length) await file.writeFile(chunk.subarray(bytesWritten));
    bytesWritten = Math.max(0, bytesWritten - chunk.length);
  }
}
