/**
 * How the face of a gateway asks the other workers what it does not have itself: each answers the same /api on a socket in its
 * slot, for the account of the gateway alone and with its token.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { apiCaller, type ApiCaller } from '../../platform/http/api-caller.ts';
import { openHttp, type HttpListener, type Route } from '../../platform/http/http.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { MetricsOfWorker } from '../../platform/metrics/sum.ts';
import { othersOf, slotDirectory, type Slot } from '../workers/slot.ts';

/** What a path of a socket may have (unix(7)). */
const LONGEST_PATH = 107;
/** So long one that is being started again is waited for. */
const PATIENCE_MS = 5_000;
const AGAIN_MS = 100;
const METRICS = '/worker-metrics';

const socketIn = (directory: string): string => join(directory, 'api.sock');

/** @throws when the path of the spool is too long for a socket */
export function openWorkerApi(
  directory: string,
  parts: { readonly token: string; readonly metrics: Metrics; readonly api: readonly Route[] },
): Promise<HttpListener> {
  const path = socketIn(directory);
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new Error(
      `${path} is too long for a socket (${LONGEST_PATH} bytes), which several workers need: give "spool" a shorter path`,
    );
  const metrics: Route = { method: 'GET', path: `/api${METRICS}`, run: () => parts.metrics.json() };
  return openHttp({ listen: { path }, token: parts.token, routes: [...parts.api, metrics] });
}

/** The other workers. What is asked of one that is being started again waits a moment. */
export function otherWorkers(spool: string, slot: Slot, token: string): ApiCaller[] {
  return othersOf(slot).map((number) => {
    const socketPath = socketIn(slotDirectory(spool, number));
    const api = apiCaller({ host: `worker ${number}`, port: 0, socketPath }, token);
    const patiently = async <T>(ask: () => Promise<T>): Promise<T> => {
      const until = performance.now() + PATIENCE_MS;
      for (;;)
        try {
          return await ask();
        } catch (error) {
          if (!isAway(error)) throw error;
          if (performance.now() > until)
            throw new Error(`worker ${number} is being started again: ask again later`, { cause: error });
          await pause(AGAIN_MS);
        }
    };
    return {
      octets: (...asked) => patiently(() => api.octets(...asked)),
      json: <T>(...asked: Parameters<ApiCaller['json']>) => patiently(() => api.json<T>(...asked)),
      given: <T>(...asked: Parameters<ApiCaller['given']>) => patiently(() => api.given<T>(...asked)),
    };
  });
}

/** Nobody took the question. */
const isAway = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED'].includes(String((error as NodeJS.ErrnoException).code));

const METRICS_MS = 3_000;

/** Those of all workers; who does not answer is left out, and is missed in `mailpair_workers`. */
export const metricsOfAll = (
  metrics: Metrics,
  others: readonly ApiCaller[],
): Pick<Metrics, 'render' | 'contentType'> => ({
  contentType: metrics.contentType,
  async render() {
    const asked = others.map((api) =>
      api.given<MetricsOfWorker>('GET', METRICS, {}, { timeoutMs: METRICS_MS }),
    );
    const late = pause(METRICS_MS, undefined, { ref: false });
    const answers = await Promise.all(
      asked.map((answer) => Promise.race([answer.catch(() => undefined), late])),
    );
    return metrics.render(answers.filter((answer) => answer !== undefined));
  },
});
