/**
 * Opens files of a spool. A symbolic link is not followed, and what is no regular file is refused at once: opened in the usual
 * way, a FIFO would keep a thread waiting for its other end, and the process with it.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const PRIVATE = 0o600;

/** @throws when there is none, when it cannot be opened, and when it is another thing than a regular file */
export async function openRegular(path: string, flags = O_RDONLY, mode = PRIVATE): Promise<FileHandle> {
  const file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode).catch((error: unknown) => {
    throw inWords(path, error);
  });
  if (fstatSync(file.fd).isFile()) return file;
  await file.close();
  throw notRegular(path);
}

/** @throws like openRegular */
export function openRegularSync(path: string, flags = O_RDONLY, mode = PRIVATE): number {
  let file: number;
  try {
    file = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    throw inWords(path, error);
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw notRegular(path);
}

/** @throws like openRegular */
export async function readRegular(path: string): Promise<Buffer> {
  await using file = await openRegular(path);
  return await file.readFile();
}

/** @throws like openRegular */
export const readRegularSync = (path: string): Buffer =>
  used(openRegularSync(path), (file) => readFileSync(file));

/** The octets from `start` on. @throws like openRegular */
export async function* octetsIn(path: string, start = 0): AsyncIterable<Buffer> {
  const file = await openRegular(path);
  yield* file.createReadStream({ start }) as AsyncIterable<Buffer>;
}

/** A new file of this account in the place of whatever is there. */
export function createFileSync(path: string, content: string | Buffer, mode = PRIVATE): void {
  rmSync(path, { force: true });
  used(openRegularSync(path, O_WRONLY | O_CREAT | O_EXCL, mode), (file) => writeFileSync(file, content));
}

/** Keeps a copy of a damaged file beside it. @returns the path of the copy @throws like openRegular */
export function setAside(path: string): string {
  const copy = `${path}.set-aside`;
  createFileSync(copy, readRegularSync(path));
  return copy;
}

/** @throws like openRegular */
export function appendFileSync(path: string, content: string | Buffer): void {
  used(openRegularSync(path, O_WRONLY | O_CREAT | O_APPEND), (file) => writeFileSync(file, content));
}

function used<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

const notRegular = (path: string, cause?: unknown): Error =>
  new Error(`${path} is no regular file`, { cause });

/** ELOOP is a link (open(2), O_NOFOLLOW), ENXIO a socket, or a FIFO that nobody reads. */
function inWords(path: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ELOOP') return new Error(`${path} is a symbolic link`, { cause: error });
  return code === 'ENXIO' ? notRegular(path, error) : error;
}
