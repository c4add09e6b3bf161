/** A way to show a payload: what each file of this folder has lists of. */
import { messageOf, type Entity } from './mime.ts';
import type { Payload, Shows } from './payloads.ts';

/** `shownBy`: which programs show the payload, or how. A text is the whole message, one character an octet. */
export type Trick = readonly [name: string, shownBy: string, make: (payload: Payload) => Entity | string];

export interface Tricks {
  readonly area: string;
  readonly payloads: readonly Shows[];
  readonly tricks: readonly Trick[];
}

export const wholeOf = (made: Entity | string): string => (typeof made === 'string' ? made : messageOf(made));

export const all: readonly Shows[] = ['program', 'script', 'link', 'html'];
export const files: readonly Shows[] = ['program', 'script'];
export const texts: readonly Shows[] = ['link', 'html'];
