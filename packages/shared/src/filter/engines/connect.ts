/** Where an engine listens, and a connection to it. */
import { connect as netConnect, type Socket } from 'node:net';
import type { EnginePlace } from '../../config/schema/engine-server.ts';

/** No connection came about: whoever asks next would wait in vain too. */
export class UnreachableError extends Error {}

const CONNECT_MS = 2_000;

/** @throws UnreachableError, or the reason of `signal` */
export async function connect(place: EnginePlace, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = netConnect(place);
  const opened = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => opened.reject(new UnreachableError(`no connection within ${CONNECT_MS / 1000} s`)),
    CONNECT_MS,
  );
  const giveUp = (): void => opened.reject(signal.reason as Error);
  const failed = (error: Error): void => opened.reject(new UnreachableError(error.message));
  signal.addEventListener('abort', giveUp, { once: true });
  socket.once('connect', opened.resolve).once('error', failed);
  try {
    await opened.promise;
    socket.removeListener('error', failed);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
