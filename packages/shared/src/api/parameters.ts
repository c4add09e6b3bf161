/** The parameters of a question to /api: how each is read, and how the document of the interface describes it. Pure. */

/** The question makes no sense, or is not granted. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

export interface Parameter<T = unknown, Needed extends boolean = boolean> {
  readonly about: string;
  readonly needed: Needed;
  /** It is a field of the JSON that comes with the question, and stands in path or query otherwise. */
  readonly inBody?: boolean;
  /** JSON Schema. */
  readonly schema: object;
  /** @param given text, or what JSON came; undefined where nothing was given @throws ApiRefusal */
  read(given: unknown): T;
}

export type RouteParameters = Readonly<Record<string, Parameter>>;

/** What a route gets. */
export type Read<P extends RouteParameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

type NeededIn<P extends RouteParameters> = {
  [K in keyof P]: P[K]['needed'] extends true ? K : never;
}[keyof P];

/** What a client gives. */
export type Given<P extends RouteParameters> = { readonly [K in NeededIn<P>]: Read<P>[K] } & {
  readonly [K in Exclude<keyof P, NeededIn<P>>]?: Read<P>[K] | undefined;
};

/** @throws ApiRefusal */
export function readParameters<P extends RouteParameters>(
  parameters: P,
  given: Readonly<Record<string, unknown>>,
): Read<P> {
  const read = Object.entries(parameters).map(([name, parameter]) => {
    const value = given[name] as string | undefined;
    const asIs = value === undefined || parameter.inBody;
    return [name, parameter.read(asIs ? value : String(value))];
  });
  return Object.fromEntries(read) as Read<P>;
}

/** One that is read from text. */
export const fromText = <T>(
  about: string,
  schema: object,
  read: (given: string | undefined) => T,
): Parameter<T, false> => ({
  about,
  needed: false,
  schema,
  read: (given) => read(typeof given === 'string' ? given : undefined),
});

export const text = (about: string): Parameter<string | undefined, false> =>
  fromText(about, { type: 'string' }, (given) => given);

/** @param refusal what is answered where it is missing or empty */
export const needed = <T>(
  parameter: Parameter<T>,
  refusal: string,
): Parameter<Exclude<T, undefined>, true> => ({
  ...parameter,
  needed: true,
  read(given) {
    const value = parameter.read(given);
    if (value === undefined || value === '') throw new ApiRefusal(refusal);
    return value as Exclude<T, undefined>;
  },
});

/** A whole entry id, which stands in the path. */
export const entryId = needed(text('The whole id.'), 'give an id');

export const flag = (about: string): Parameter<boolean, false> =>
  fromText(about, { type: 'boolean' }, (given) => given === 'true');

/** @param refusal what is answered for another word */
export const oneOf = <const T extends string>(
  about: string,
  words: readonly T[],
  refusal: (given: string) => string,
): Parameter<T | undefined, false> =>
  fromText(about, { enum: words }, (given) => {
    const word = words.find((each) => each === given);
    if (given !== undefined && word === undefined) throw new ApiRefusal(refusal(given));
    return word;
  });

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** What is answered for anything else. */
  refusal(given: string): string;
}

/** A whole number. */
export const number = (
  about: string,
  { from, to, refusal }: NumberRange,
): Parameter<number | undefined, false> =>
  fromText(about, { type: 'integer', minimum: from, maximum: to }, (given) => {
    if (given === undefined) return undefined;
    const value = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
    if (!(value >= from && value <= to)) throw new ApiRefusal(refusal(given));
    return value;
  });

export const withDefault = <T>(
  parameter: Parameter<T | undefined, false>,
  usual: T,
): Parameter<T, false> => ({
  ...parameter,
  schema: { ...parameter.schema, default: usual },
  read: (given) => parameter.read(given) ?? usual,
});

const LARGEST_PAGE = 1_000;

/** Of every list that is read page by page. */
export const pageParameters = {
  limit: withDefault(
    number('Items at most.', {
      from: 1,
      to: LARGEST_PAGE,
      refusal: (given) => `limit is a number from 1 to ${LARGEST_PAGE}, not ${given}`,
    }),
    100,
  ),
  after: text('Goes on behind this id: the `next` of the page before.'),
} as const;

/** A list of texts in the body. @param refusal what is answered for anything else */
export const listInBody = (about: string, refusal: string): Parameter<readonly string[], true> => ({
  about,
  needed: true,
  inBody: true,
  schema: { type: 'array', items: { type: 'string' } },
  read(given) {
    if (!Array.isArray(given)) throw new ApiRefusal(refusal);
    return given.map(String);
  },
});
