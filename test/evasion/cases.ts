/**
 * Ways to show a program, a script or a link to who reads a message, each with a stable name: `area/trick/payload`. They are
 * composed of tricks and payloads; a new trick is a line in the file of its area.
 */
import { boundaries } from './boundaries.ts';
import { carriers } from './carriers.ts';
import { containers } from './containers.ts';
import { declarations } from './declarations.ts';
import { encodings } from './encodings.ts';
import { links } from './links.ts';
import { octetsOf } from './mime.ts';
import { harmless, payloads, type Shows } from './payloads.ts';
import { wholeOf, type Tricks } from './trick.ts';

export interface Evasion {
  readonly name: string;
  readonly shows: Shows;
  readonly shownBy: string;
  readonly octets: Buffer;
  /** The same form around what is harmless. */
  readonly twin: Buffer;
}

export const areas: readonly Tricks[] = [
  ...[carriers, declarations, boundaries, encodings, links, containers].flat(),
];

export const evasions: readonly Evasion[] = areas.flatMap(({ area, tricks, payloads: shown }) =>
  tricks.flatMap(([trick, shownBy, make]) =>
    shown.map((shows) => ({
      name: `${area}/${trick}/${shows}`,
      shows,
      shownBy,
      octets: octetsOf(wholeOf(make(payloads[shows]))),
      twin: octetsOf(wholeOf(make(harmless(payloads[shows])))),
    })),
  ),
);
