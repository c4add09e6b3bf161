/** The names under which programs save an attachment. Pure. */
import type { AttachmentFacts } from './content.ts';

/** Controls, marks of direction, characters of no width, and all else that nobody sees. */
const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Windows allows none of these in a name; programs drop or replace them. */
const forbidden = /["<>|?*]/g;
/** What ends a name in some programs: line ends and NUL, and the stream of a file on Windows. */
const ends = /[\0\r\n:]/;
const isTail = /[\s./\\]/;
const usual = /^[\w /-]+\.\w+$/;

/** @returns lower-case, the usual name first; each name that some program would save it under */
export function fileNamesOf({ name, otherNames = [] }: AttachmentFacts): readonly string[] {
  if (otherNames.length === 0 && usual.test(name)) return [fileNameOf(name)];
  return [...new Set([name, ...otherNames].flatMap(namesOf))];
}

function namesOf(name: string): string[] {
  const names = [fileNameOf(name), name.toLowerCase()];
  const end = name.search(ends);
  if (end > 0) names.push(fileNameOf(name.slice(0, end)));
  if (name.includes('%')) {
    const decoded = percentDecoded(name);
    names.push(fileNameOf(decoded), fileNameOf(decoded.split('\0', 1)[0]!));
  }
  const allowed = name.replace(forbidden, '');
  if (allowed !== name) names.push(fileNameOf(allowed));
  return names;
}

/** The file's own name as Windows takes it: dots and blanks at the end do not count, nor what nobody sees. */
export function fileNameOf(name: string): string {
  const seen = withoutTail(name.normalize('NFKC').replace(unseen, ''));
  return seen.slice(Math.max(seen.lastIndexOf('/'), seen.lastIndexOf('\\')) + 1).toLowerCase();
}

function withoutTail(name: string): string {
  let end = name.length;
  while (end > 0 && isTail.test(name[end - 1]!)) end -= 1;
  return name.slice(0, end);
}

const percentDecoded = (name: string): string =>
  name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
