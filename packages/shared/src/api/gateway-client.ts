/** The queue of a running gateway, over /api: the other side of api.ts. */
import type { ApiCaller } from '../platform/http/api-caller.ts';
import { linesOf, type Lines } from './json-lines.ts';
import type { Changed, Selection } from './queue-changes.ts';
import type { QueueControl } from './queue-control.ts';
import type { SubmitterControl } from './submitter-control.ts';

export function createGatewayClient(api: ApiCaller, role: string): QueueControl {
  const entryPath = (id: string, part = ''): string => `/queue/${encodeURIComponent(id)}${part}`;
  const change = (verb: string) => (which: Selection) =>
    api.given<Changed>('POST', `/queue/${verb}`, which === 'all' ? { all: 'true' } : { ...which });
  return {
    role,
    page: (filter, limit, after) => api.given('GET', '/queue', { ...filter, limit: String(limit), after }),
    lines: () => linesBy(api),
    show: (id) => api.json('GET', entryPath(id)),
    why: (id) => api.json('GET', entryPath(id, '/why')),
    retry: change('retry'),
    hold: change('hold'),
    release: change('release'),
    remove: (id) => api.json('DELETE', entryPath(id)),
    message: (id) => api.octets('GET', entryPath(id, '/message')),
    status: () => api.given('GET', '/status'),
    nextHops: async () => (await api.given<{ nextHops: never[] }>('GET', '/next-hops')).nextHops,
    submitters: submittersBy(api),
    close: async () => undefined,
  };
}

async function* linesBy(api: ApiCaller): Lines {
  const answer = await api.octets('GET', '/queue/lines');
  if (!answer) throw new Error('the gateway is of another version, and does not list its queue');
  answer.setTimeout(0); // whoever reads it may take his time
  yield* linesOf(answer);
}

const submittersBy = (api: ApiCaller): SubmitterControl => ({
  list: async () => (await api.given<{ submitters: never[] }>('GET', '/submitters')).submitters,
  show: (name) => api.json('GET', '/submitters/show', { name }),
  hold: (name) => api.given('POST', '/submitters/hold', { name }),
  release: (name, perMinute) =>
    api.given('POST', '/submitters/release', { name, perMinute: String(perMinute) }),
  purge: (name) => api.given('DELETE', '/submitters/held', { name }),
});
