/**
 * Stops a listening socket from taking connections, and lets it take them again. Sessions that are open go on.
 *
 * Shut, the port is closed: a sender is refused at once, and every sender goes on to the next MX then. To open it again the
 * process must still have the right to bind the port, so a gateway never gives up CAP_NET_BIND_SERVICE.
 * Connections that waited in the kernel's queue would not be refused: their senders would wait for minutes.
 */
import type { ListenOptions, Server } from 'node:net';

export interface Shutter {
  /** Closes the port. */
  shut(): void;
  open(): void;
  /** For good: nothing is opened any more. */
  stop(): void;
}

const AGAIN_MS = 1_000;

/** `fault` is told when the port cannot be bound again; that is tried every second until it can. */
export function createShutter(
  server: Server,
  listen: ListenOptions,
  fault: (error: NodeJS.ErrnoException) => void,
): Shutter {
  let wanted: 'open' | 'shut' | 'stopped' = 'open';
  let timer: NodeJS.Timeout | undefined;
  /** The server opens its socket not at once. */
  let opening = false;

  function bind(): void {
    if (wanted !== 'open' || opening || server.listening) return;
    opening = true;
    const failed = (error: NodeJS.ErrnoException): void => {
      opening = false;
      server.off('listening', bound);
      fault(error);
      timer = setTimeout(bind, AGAIN_MS).unref();
    };
    const bound = (): void => {
      opening = false;
      server.off('error', failed);
      if (wanted !== 'open') server.close();
    };
    server.once('error', failed).once('listening', bound);
    server.listen(listen);
  }

  const rest = (now: 'shut' | 'stopped'): void => {
    wanted = now;
    clearTimeout(timer);
  };

  return {
    shut() {
      if (wanted !== 'open') return;
      rest('shut');
      if (server.listening) server.close();
    },
    open() {
      if (wanted !== 'shut') return;
      wanted = 'open';
      bind();
    },
    stop: () => rest('stopped'),
  };
}
