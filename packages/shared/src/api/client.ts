/** The operations of /api as methods, by noun: `gateway.queue.show({ id })`. They follow from the table. */
import type { Given, RouteParameters } from './parameters.ts';
import type { ApiRoute, Ask } from './route.ts';
import { table } from './table.ts';

type Table = typeof table;

type Method<R> =
  R extends ApiRoute<infer P, infer A>
    ? object extends Given<P>
      ? (given?: Given<P>) => Promise<A>
      : (given: Given<P>) => Promise<A>
    : never;

/** Rejects with ApiRefusal or GatewayRefusal where the question is refused. */
export type Client = {
  readonly [N in keyof Table]: { readonly [R in keyof Table[N]]: Method<Table[N][R]> };
};

export function clientOf(ask: Ask): Client {
  const method =
    (route: ApiRoute) =>
    (given: Given<RouteParameters> = {}): Promise<unknown> =>
      ask(route, given);
  const nouns = Object.entries(table).map(([noun, routes]) => {
    const methods = Object.entries<ApiRoute>(routes).map(([name, route]) => [name, method(route)]);
    return [noun, Object.fromEntries(methods) as object];
  });
  return Object.fromEntries(nouns) as Client;
}
