/** A link written in HTML or in text. */
import { base64, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import type { Trick } from './trick.ts';

export type Written = readonly [name: string, shownBy: string, write: (host: string) => string];

export const inHtml = ([name, shownBy, write]: Written): Trick => [
  name,
  shownBy,
  ({ host }) => ({
    fields: ['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64'],
    body: base64(utf8(write(host))),
  }),
];

export const inText =
  (parameters = '', encode = base64, encoding = 'base64') =>
  ([name, shownBy, write]: Written): Trick => [
    name,
    shownBy,
    ({ host }: Payload): Entity => ({
      fields: [
        `Content-Type: text/plain; charset=utf-8${parameters}`,
        `Content-Transfer-Encoding: ${encoding}`,
      ],
      body: encode(utf8(write(host))),
    }),
  ];
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
