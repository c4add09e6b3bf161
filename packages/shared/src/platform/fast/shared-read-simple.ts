import type { Socket } from 'node:net';

/** `readShared` by way of a stream, which makes a buffer for each read. It serves every socket. */
export function readSimple(socket: Socket, take: (octets: Buffer) => boolean): void {
  socket.on('data', (octets: Buffer) => {
    if (!take(octets)) socket.pause();
  });
}
