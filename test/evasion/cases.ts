/**
 * Ways to show a program, a script or a link to who reads a message, each with a stable name: `area/trick/payload`. They are
 * composed of tricks and payloads; a new trick is a line in the file of its area.
 */
import { boundaries } from './boundaries.ts';
import { calendarsAndFiles } from './calendars.ts';
import { carriers } from './carriers.ts';
import { inCharsets } from './charsets.ts';
import { declarations } from './declarations.ts';
import { encodedNames } from './encoded-names.ts';
import { encodings } from './encodings.ts';
import { filesInText } from './in-text.ts';
import { kinds } from './kinds.ts';
import { links } from './links.ts';
import { markups } from './markup.ts';
import { octetsOf } from './mime.ts';
import { names } from './names.ts';
import { outlookMessages } from './outlook.ts';
import { packedFiles } from './packed.ts';
import { harmless, payloads, type Shows } from './payloads.ts';
import { smimes } from './smime.ts';
import { wholeOf, type Tricks } from './trick.ts';
import { winmails } from './winmail.ts';

export interface Evasion {
  readonly name: string;
  readonly shows: Shows;
  readonly shownBy: string;
  readonly octets: Buffer;
  /** The same form around what is harmless. */
  readonly twin: Buffer;
}

export const areas: readonly Tricks[] = [
  [
    carriers,
    kinds,
    encodedNames,
    names,
    declarations,
    boundaries,
    encodings,
    inCharsets,
    filesInText,
    links,
    markups,
  ],
  [winmails, outlookMessages, smimes, packedFiles, calendarsAndFiles],
].flat(2);

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
