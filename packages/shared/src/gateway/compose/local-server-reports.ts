/** Reports that a local server refuses this gateway: each time as a metric, and as an event once a minute or when its code changes. */
import type { LocalServer } from '../../smtp/route/local-server-state.ts';
import type { LocalServerEvents } from '../../smtp/route/local-servers.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Reply } from '../../platform/values/reply.ts';

const AGAIN_MS = 60_000;
const FIX =
  'add this gateway to the clients whose mail the local server takes; "mailpair local-servers check" asks it';

interface Parts {
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly metrics: Pick<Metrics, 'localServerRefused'>;
}

export class LocalServerReports implements LocalServerEvents {
  readonly #parts: Parts;
  /** By server, the codes that were reported last, and when. */
  readonly #reported = new Map<string, { readonly codes: string; readonly at: number }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  refuses({ host, port }: LocalServer, reply: Reply): void {
    const { clock, log, metrics } = this.#parts;
    const server = `${host}:${port}`;
    metrics.localServerRefused(server);
    const codes = `${reply.code} ${reply.enhanced}`;
    const last = this.#reported.get(server);
    const now = clock.now();
    if (last?.codes === codes && now - last.at < AGAIN_MS) return;
    this.#reported.set(server, { codes, at: now });
    log.error('local-server.refuses', { host, port, reply, fix: FIX });
  }

  takesAgain({ host, port }: LocalServer): void {
    this.#reported.delete(`${host}:${port}`);
    this.#parts.log.info('local-server.takes-again', { host, port });
  }
}
