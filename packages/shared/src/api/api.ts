/**
 * What /api answers: every operation of the table (routes/), for the `mailpair` command and other tools. The first worker of a
 * gateway asks the others and answers for all of them. `/api/openapi.json` describes them.
 */
import type { Readable } from 'node:stream';
import type { OperatorApi } from '../gateway/compose/operator-api.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Route } from '../platform/http/http.ts';
import { packageVersion } from '../platform/process/package-version.ts';
import { askAll, askHere, askRunning } from './ask.ts';
import { answerLines, type Lines } from './json-lines.ts';
import { composeOpenApi } from './openapi.ts';
import { ApiRefusal } from './parameters.ts';
import type { ApiRoute, Ask } from './route.ts';
import { runningSides } from './sides.ts';
import { allRoutes } from './table.ts';

export const operatorApi: OperatorApi = (gateway) => {
  const own = runningSides(gateway);
  const ask = askAll([askHere(own), ...gateway.workers.map((api) => askRunning(api))], own);
  return [document, ...allRoutes.map((route) => serve(route, ask))];
};

const document: Route = {
  method: 'GET',
  path: '/api/openapi.json',
  run: () => composeOpenApi(packageVersion()),
};

export const serve = (route: ApiRoute, ask: Ask): Route => ({
  method: route.method,
  path: `/api${route.path}`,
  async run({ params, query, body }) {
    const given = { ...query, ...bodyFields(route, body), ...params };
    try {
      return answerOf(route, await ask(route, given));
    } catch (error) {
      if (error instanceof ApiRefusal) return Answer.json({ error: error.message }, { status: error.status });
      throw error;
    }
  },
});

/** Of those parameters that stand in the body, so that the query can give none of them. */
function bodyFields({ parameters }: ApiRoute, body: unknown): Readonly<Record<string, unknown>> {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const names = Object.keys(parameters).filter((name) => parameters[name]!.inBody);
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

function answerOf({ answer }: ApiRoute, given: unknown): unknown {
  if (given === undefined || answer === 'json') return given;
  if (answer === 'lines') return answerLines(given as Lines);
  return new Answer(given as Readable, { headers: { 'content-type': 'message/rfc822' } });
}
