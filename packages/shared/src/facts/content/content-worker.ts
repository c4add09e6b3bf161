/** A thread that reads messages, one after the other, for `open-contents.ts`. */
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { readContent } from './read-content.ts';

/** The octets of a message, or the file that holds them. */
export interface ReadTask {
  readonly octets?: Uint8Array;
  readonly path?: string;
}

parentPort?.on('message', ({ octets, path }: ReadTask) => {
  const message = path === undefined ? Buffer.from(octets!.buffer) : readFileSync(path);
  parentPort?.postMessage(readContent(message));
});
