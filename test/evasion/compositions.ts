/** Tricks within each other, by chance: what one of them shows is to be found behind any number of others. */
import fc from 'fast-check';
import { areas } from './cases.ts';
import { base64, messageOf, multipart, plainPart, quotedPrintable, type Entity } from './mime.ts';
import { payloads } from './payloads.ts';

/** Printed by its name where a test fails. */
export interface Composition extends fc.WithToStringMethod {
  readonly name: string;
  readonly bare: Entity;
  readonly wrapped: Entity;
}

type Wrapper = readonly [name: string, wrap: (entity: Entity, level: number) => Entity];

const message =
  (type: string, encoding: string, encode: (text: string) => string): Wrapper[1] =>
  (entity) => ({
    fields: [`Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`],
    body: encode(messageOf(entity)),
  });

const wrappers: readonly Wrapper[] = [
  ...['mixed', 'alternative', 'related', 'x-unknown', 'report'].map((subtype): Wrapper => [
    subtype,
    (entity, level) => multipart(`multipart/${subtype}`, [plainPart, entity], `level-${level}`),
  ]),
  ['first', (entity, level) => multipart('multipart/mixed', [entity, plainPart], `level-${level}`)],
  [
    'digest',
    (entity, level) =>
      multipart('multipart/digest', [{ fields: [], body: messageOf(entity) }], `level-${level}`),
  ],
  ['message', message('message/rfc822', '7bit', (text) => text)],
  ['global', message('message/global', '8bit', (text) => text)],
  ['base64', message('message/rfc822', 'base64', base64)],
  ['quoted-printable', message('message/rfc822', 'quoted-printable', quotedPrintable)],
];

/** Those of a single part or multipart. */
const bare = areas.flatMap(({ area, tricks, payloads: shown }) =>
  tricks.flatMap(([trick, , make]) =>
    shown.flatMap((shows) => {
      const made = make(payloads[shows]);
      return typeof made === 'string' || made.body.length > 20_000
        ? []
        : [{ name: `${area}/${trick}/${shows}`, entity: made }];
    }),
  ),
);

export const compositions = fc
  .tuple(fc.constantFrom(...bare), fc.array(fc.constantFrom(...wrappers), { minLength: 1, maxLength: 4 }))
  .map(composed);

function composed([{ name, entity }, around]: [(typeof bare)[number], Wrapper[]]): Composition {
  const whole = [...around.map(([wrapper]) => wrapper).reverse(), name].join(' > ');
  return {
    name: whole,
    bare: entity,
    wrapped: around.reduce((inner, [, wrap], level) => wrap(inner, level), entity),
    [fc.toStringMethod]: () => whole,
  };
}
