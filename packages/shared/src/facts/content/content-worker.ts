/** A thread that reads messages, one after the other, for `open-contents.ts`. */
import { parentPort } from 'node:worker_threads';
import { readRegularSync } from '../../system/regular-file.ts';
import type { Content } from '../../values/content.ts';
import type { UnpackBounds } from './archives/archive.ts';
import { loadLibarchive, type Libarchive } from './archives/libarchive.ts';
import { Openings } from './open-attachments.ts';
import { Reading } from './read-content.ts';

/** The octets of a message, or the file that holds them. */
export interface ReadTask {
  readonly octets?: Uint8Array;
  readonly path?: string;
  readonly unpack: UnpackBounds;
}

let library: Libarchive | undefined;

/** The library is loaded when a message first has something that only it can open. */
async function read({ octets, path, unpack }: ReadTask): Promise<Content> {
  const message = path === undefined ? Buffer.from(octets!.buffer) : readRegularSync(path);
  if (library?.broken) library = undefined;
  const reading = new Reading(message);
  const openings = new Openings(unpack, library);
  reading.open(openings.open);
  if (openings.wantsLibrary && !library) {
    library = await loadLibarchive();
    reading.open(new Openings(unpack, library).open);
  }
  return reading.content();
}

parentPort?.on('message', (task: ReadTask) => {
  void read(task).then((content) => parentPort?.postMessage(content));
});
