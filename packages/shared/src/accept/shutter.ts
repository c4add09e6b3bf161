/**
 * Stops a listening socket from taking connections, and lets it take them again. Sessions that are open go on.
 *
 * Shut, the port is closed: a sender is refused at once, and every sender goes on to the next MX then. But opening it
 * again takes the right to bind the port, which a process that was root and gave it up no longer has. Then the socket
 * stays, and a connection is closed as soon as it is made, before the greeting; most senders take that as a refusal.
 * Letting connections wait in the kernel's queue would be neither: their senders wait for minutes.
 */
import type { ListenOptions, Server } from 'node:net';

export interface Shutter {
  /** `refuse` closes the port; it must be possible to bind it again. */
  shut(how: 'refuse' | 'hang-up'): void;
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
    shut(how) {
      if (wanted !== 'open') return;
      rest('shut');
      if (how === 'hang-up') server.maxConnections = 0;
      else if (server.listening) server.close();
    },
    open() {
      if (wanted !== 'shut') return;
      wanted = 'open';
      server.maxConnections = Infinity;
      bind();
    },
    stop: () => rest('stopped'),
  };
}
