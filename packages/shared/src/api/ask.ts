/** The ways to ask a route: in this process, over HTTP, and of several workers as one gateway. */
import type { ApiCaller, AskedWith } from '../platform/http/api-caller.ts';
import { linesOf, type Lines } from './json-lines.ts';
import { readParameters, type RouteParameters } from './parameters.ts';
import type { ApiRoute, Ask } from './route.ts';
import type { Sides } from './sides.ts';

/** Of this process. The parameters have been read. */
export const askHere =
  (sides: Sides): Ask =>
  (route, given) =>
    route.run(sides, given as never);

/** Asks several workers as one gateway. @param asks one for each worker; `own` are the sides of the first */
export const askAll =
  (asks: readonly Ask[], own: Sides): Ask =>
  async (route, given) => {
    const asked = readParameters(route.parameters, given) as typeof given;
    return asks.length === 1 ? asks[0]!(route, asked) : route.merge(route, asks, asked, own);
  };

/** Over HTTP. @throws GatewayRefusal, or what the system says when there is no answer */
export const askRunning =
  (api: ApiCaller, more: Pick<AskedWith, 'timeoutMs'> = {}): Ask =>
  async <P extends RouteParameters, A>(route: ApiRoute<P, A>, given: object) => {
    const { path, query, body } = written(route, given as GivenValues);
    const asked: Parameters<ApiCaller['octets']> = [
      route.method,
      path,
      query,
      { ...more, ...(body && { body }) },
    ];
    if (route.answer === 'lines') return linesBy(api, asked) as A;
    const way = route.answer === 'message' ? 'octets' : route.mayBeMissing ? 'json' : 'given';
    return (await api[way](...asked)) as A;
  };

async function* linesBy(api: ApiCaller, asked: Parameters<ApiCaller['octets']>): Lines {
  const answer = await api.octets(...asked);
  if (!answer) throw new Error('the gateway is of another version, and does not give this');
  answer.setTimeout(0); // whoever reads it may take his time
  yield* linesOf(answer);
}

type GivenValues = Readonly<Record<string, string | number | boolean | undefined>>;

interface Written {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: object | undefined;
}

/** The question as it is sent. */
function written({ path, parameters }: ApiRoute<RouteParameters, unknown>, given: GivenValues): Written {
  const query: Record<string, string> = {};
  const body: Record<string, unknown> = {};
  for (const [name, { inBody }] of Object.entries(parameters)) {
    const value = given[name];
    if (value === undefined) continue;
    if (inBody) body[name] = value;
    else query[name] = String(value);
  }
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = query[name] ?? '';
    delete query[name];
    return encodeURIComponent(value);
  });
  return { path: filled, query, body: Object.keys(body).length > 0 ? body : undefined };
}
