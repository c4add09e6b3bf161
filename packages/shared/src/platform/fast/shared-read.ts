/**
 * Reads a TCP socket into one buffer that all such sockets share. node:net makes a buffer of 64 KB for every read; a message of
 * 4 KB costs six of them, and the garbage collector counts them all.
 *
 * The option `onread` of node:net does the same, but only for sockets that connect, and only when they are made. A server needs it
 * for sockets that it accepts. This file therefore sets the private fields behind `onread`, by the names that they have in
 * node:net. If one is missing (another version of Node, a TLS socket), nothing is done, and the caller reads the socket as a stream
 * (`shared-read-simple.ts`).
 */
import { Socket } from 'node:net';
import { scannable as shared } from './line-scan.ts';

interface Handle {
  useUserBuffer?(buffer: Uint8Array): void;
}

type Internals = Record<symbol, unknown> & { readonly _handle: Handle | null };

const symbolOf = (name: string): symbol | undefined =>
  Object.getOwnPropertySymbols(new Socket()).find(({ description }) => description === name);

const bufferField = symbolOf('kBuffer');
const callbackField = symbolOf('kBufferCb');

/**
 * @param take gets the octets that were read, which are valid only until it returns; false stops reading until `resume`
 * @returns false if the socket must be read as a stream. Nothing may have been read from the socket before.
 */
export function readShared(socket: Socket, take: (octets: Buffer) => boolean): boolean {
  const fields = socket as unknown as Internals;
  const handle = fields._handle;
  if (socket.constructor !== Socket || !bufferField || !callbackField || !handle?.useUserBuffer) return false;
  if (socket.readableLength > 0) return false;
  fields[bufferField] = shared;
  // A function literal that is assigned to a property is old for V8 at once, with all that it refers to. A named one is not.
  const taken = (sizeBytes: number): boolean => take(shared.subarray(0, sizeBytes));
  fields[callbackField] = taken;
  handle.useUserBuffer(shared);
  return true;
}

/**
 * Removes what a closed socket refers to. Node keeps a closed socket until the whole heap is marked, because its Writable refers to
 * itself by a function that is old from the start. The session of the socket must not be kept as long.
 */
export function letGo(socket: Socket): void {
  const fields = socket as unknown as Internals;
  if (bufferField) fields[bufferField] = null;
  if (callbackField) fields[callbackField] = null;
  socket.removeAllListeners();
}
