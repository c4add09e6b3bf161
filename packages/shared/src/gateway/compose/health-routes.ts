/** What load balancers and monitoring ask over HTTP: one word for everybody, and the details and metrics for those in `http.allow`. */
import { DETAILS_PATH } from './ask-details.ts';
import { Answer } from '../../platform/http/http-answer.ts';
import type { Route } from '../../platform/http/http.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';

export interface HealthParts {
  /** Why mail is not being accepted now; empty when it is. */
  notReady(): readonly string[];
  /** How the gateway is, beyond that. */
  details(): object;
}

/**
 * - `GET /healthz`: 200 `alive`
 * - `GET /readyz`: 200 `ready` while mail is accepted, else 503 `unavailable`
 * - `GET /healthz/details`: JSON, with the reasons
 */
export const healthRoutes = ({ notReady, details }: HealthParts): Route[] => [
  { method: 'GET', path: '/healthz', access: 'public', run: () => word('alive') },
  {
    method: 'GET',
    path: '/readyz',
    access: 'public',
    run: () => (notReady().length === 0 ? word('ready') : word('unavailable', 503)),
  },
  {
    method: 'GET',
    path: DETAILS_PATH,
    access: 'monitoring',
    run() {
      const reasons = notReady();
      return { ready: reasons.length === 0, reasons, ...details() };
    },
  },
];

/** `GET /metrics`, in the text form of Prometheus. */
export const metricsRoute = (metrics: Pick<Metrics, 'render' | 'contentType'>): Route => ({
  method: 'GET',
  path: '/metrics',
  access: 'monitoring',
  run: async () => new Answer(await metrics.render(), { headers: { 'content-type': metrics.contentType } }),
});

const word = (text: string, status = 200): Answer =>
  new Answer(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
