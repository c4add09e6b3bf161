/** The quarantine of a running gateway, over /api: the other side of quarantine-api.ts. */
import type { ApiCaller } from '../platform/http/api-caller.ts';
import type { QuarantineControl } from './quarantine-control.ts';

export function quarantineClient(api: ApiCaller, role: string, host: string): QuarantineControl {
  const path = (id: string, part = ''): string => `/quarantine/${encodeURIComponent(id)}${part}`;
  return {
    role,
    host,
    page: (filter, limit, after) =>
      api.given('GET', '/quarantine', { ...filter, limit: String(limit), after }),
    show: (id) => api.json('GET', path(id)),
    message: (id) => api.octets('GET', path(id, '/message')),
    release: (id, to) => api.json('POST', path(id, '/release'), { to }),
    remove: (id, to) => api.json('DELETE', path(id), { to }),
    learn: (id, as) => api.json('POST', path(id, '/learn'), { as }),
    close: async () => undefined,
  };
}
