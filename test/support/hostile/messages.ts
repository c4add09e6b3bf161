/**
 * Two hundred messages that are made to hurt who reads them: nesting, counts, sizes, bombs, broken encodings, names that are
 * not what they seem. Each ends in CRLF and has no bare CR, bare LF or NUL, so that DATA takes it.
 */
import { archives } from './archives.ts';
import { encodings } from './encodings.ts';
import { header } from './header.ts';
import { markup } from './markup.ts';
import { mime } from './mime.ts';
import { names } from './names.ts';

export interface HostileMessage {
  readonly name: string;
  readonly octets: Buffer;
}

const makers = [...header, ...mime, ...encodings, ...markup, ...archives, ...names];

export const hostileNames: readonly string[] = makers.map(([name]) => name);

/** One at a time, for some are large. */
export function* hostileMessages(wanted: (name: string) => boolean = () => true): Iterable<HostileMessage> {
  for (const [name, make] of makers) if (wanted(name)) yield { name, octets: make() };
}
