/**
 * Reads a TCP socket into one buffer that all such sockets share, where node:net would make a fresh one of 64 KB for every
 * read: without it a message of 4 KB costs six of them, and the garbage collector counts them all.
 *
 * `onread` of node:net is that, but only sockets that connect are given it, not those that a server accepts, and not later.
 * So its fields are set here, by the names they have there. Where one is missing (another Node, a TLS socket) nothing is
 * done, and the socket is to be read as a stream.
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
 * @param take is given what was read, which is its own only until it returns; false stops reading until `resume`
 * @returns false when the socket must be read as a stream. Until then nothing may have been read from it.
 */
export function readShared(socket: Socket, take: (octets: Buffer) => boolean): boolean {
  const fields = socket as unknown as Internals;
  const handle = fields._handle;
  if (socket.constructor !== Socket || !bufferField || !callbackField || !handle?.useUserBuffer) return false;
  if (socket.readableLength > 0) return false;
  fields[bufferField] = shared;
  // Named first: V8 makes a function that is assigned to a property old at once, and all it refers to with it.
  const taken = (sizeBytes: number): boolean => take(shared.subarray(0, sizeBytes));
  fields[callbackField] = taken;
  handle.useUserBuffer(shared);
  return true;
}

/**
 * Parts a socket that is closed from who read it. Node keeps the sockets it has done with until the whole heap is marked, as a
 * Writable refers to itself by a function that is old from the start; what they refer to need not be kept with them.
 */
export function letGo(socket: Socket): void {
  const fields = socket as unknown as Internals;
  if (bufferField) fields[bufferField] = null;
  if (callbackField) fields[callbackField] = null;
  socket.removeAllListeners();
}
