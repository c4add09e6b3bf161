/**
 * An operation of /api, stated once. The route of the server, the client of `mailpair`, the same operation on a gateway that is
 * stopped, the joining of several workers and the OpenAPI document follow from it.
 */
import { allOf, firstOf } from './merged.ts';
import type { Given, RouteParameters, Read } from './parameters.ts';
import type { Sides } from './sides.ts';

export interface ApiRoute<P extends RouteParameters = RouteParameters, A = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind `/api`, with `:name` for a parameter. */
  readonly path: string;
  /** A sentence for the document. */
  readonly about: string;
  readonly parameters: P;
  /** JSON; lines of JSON (application/x-ndjson), as `Lines`; or a message (message/rfc822), as a stream. */
  readonly answer: 'json' | 'lines' | 'message';
  /** The answer may be undefined, which is 404 with `error`. */
  readonly mayBeMissing: boolean;
  /** @throws ApiRefusal */
  run(sides: Sides, asked: Read<P>): Promise<A>;
  /** Puts the answers of several workers together; of a single one nobody asks for it. */
  merge(route: ApiRoute<P, A>, asks: readonly Ask[], given: Given<P>, own: Sides): Promise<A>;
}

/** Asks one worker of a gateway, or all of it. */
export type Ask = <P extends RouteParameters, A>(route: ApiRoute<P, A>, given: Given<P>) => Promise<A>;

/** The first of `asks` asks this worker, whose sides are `own`. */
export type Merge<P extends RouteParameters, A> = (
  route: ApiRoute<P, A>,
  asks: readonly Ask[],
  given: Given<P>,
  own: Sides,
) => Promise<A>;

const own = <P extends RouteParameters, A>(
  route: ApiRoute<P, A>,
  asks: readonly Ask[],
  given: Given<P>,
): Promise<A> => asks[0]!(route, given);

/** The answer of a route that may be missing. */
const found = <P extends RouteParameters, A>(
  route: ApiRoute<P, A>,
  asks: readonly Ask[],
  given: Given<P>,
): Promise<A> => firstOf(asks, (ask) => ask(route, given)) as Promise<A>;

interface Stated<S, P extends RouteParameters, A> extends Pick<ApiRoute<P, A>, 'method' | 'path' | 'about'> {
  readonly parameters?: P;
  readonly answer?: ApiRoute['answer'];
  readonly mayBeMissing?: boolean;
  run(side: S, asked: Read<P>): A | Promise<A>;
  /** Joins the answers of all workers, which are asked at once. */
  join?(answers: readonly NoInfer<A>[], given: Given<P>): NoInfer<A>;
  /**
   * In place of that. Without both one after the other is asked for an answer that may be missing, and the first alone for what
   * all know alike.
   */
  readonly merge?: Merge<P, A>;
}

const joining =
  <P extends RouteParameters, A>(join: (answers: readonly A[], given: Given<P>) => A): Merge<P, A> =>
  async (route, asks, given) =>
    join(await allOf(asks, (ask) => ask(route, given)), given);

/** Makes routes that run on one side of a gateway. */
export const routesOn =
  <S extends keyof Sides>(side: S) =>
  <A, P extends RouteParameters = Record<never, never>>(
    stated: Stated<Awaited<ReturnType<Sides[S]>>, P, A>,
  ): ApiRoute<P, A> => ({
    answer: 'json',
    mayBeMissing: false,
    parameters: {} as P,
    merge: stated.join ? joining(stated.join) : stated.mayBeMissing ? found : own,
    ...stated,
    run: async (sides, asked) => stated.run((await sides[side]()) as Awaited<ReturnType<Sides[S]>>, asked),
  });
