/** The routes of /api about submitters; names stand in the query, for they may be long. */
import type { Route } from '../platform/http/http.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { SubmitterControl } from './submitter-control.ts';

/** Enough for days of mail at once. */
const MOST_PER_MINUTE = 1_000_000;

export function submitterRoutes(submitters: SubmitterControl): Route[] {
  const named = (
    method: Route['method'],
    path: string,
    run: (name: string, query: Record<string, string>) => unknown,
  ): Route => ({
    method,
    path,
    run: ({ query }) => (query['name'] ? run(query['name'], query) : refusal('give the name of a submitter')),
  });
  return [
    { method: 'GET', path: '/submitters', run: async () => ({ submitters: await submitters.list() }) },
    named('GET', '/submitters/show', (name) => submitters.show(name)),
    named('POST', '/submitters/hold', (name) => submitters.hold(name)),
    named('POST', '/submitters/release', (name, { perMinute }) => {
      const rate = Number(perMinute);
      if (!Number.isInteger(rate) || rate < 1 || rate > MOST_PER_MINUTE)
        return refusal(`perMinute is a number from 1 to ${MOST_PER_MINUTE}`);
      return submitters.release(name, rate);
    }),
    named('DELETE', '/submitters/held', (name) => submitters.purge(name)),
  ];
}

const refusal = (error: string): Answer => Answer.json({ error }, { status: 400 });
