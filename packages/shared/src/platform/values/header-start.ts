/**
 * A few fields of a header section, read from the first octets of a message without looking at the rest, and where its body
 * begins. A reader of its own: it is for records that show a Subject, runs for each message, and makes no object of the
 * fields that nobody asks for.
 */

/** No field is looked for beyond these octets. */
export const HEADER_BYTES = 16 * 1024;

const END = Buffer.from('\r\n\r\n');

/**
 * Where the body begins in a message's first octets: behind the empty line. Undefined when it is not among them.
 * A message that begins with the empty line has no header section.
 */
export function bodyStart(octets: Buffer): number | undefined {
  if (octets[0] === 13 && octets[1] === 10) return 2;
  const at = octets.indexOf(END);
  return at < 0 ? undefined : at + END.length;
}

const LONGEST_VALUE = 500;
const [TAB, LF, SPACE, COLON] = [9, 10, 32, 58];

/**
 * The first field of each name, unfolded and shortened, as it stands there; '' where there is none.
 * @param start the first octets of a message, of which at most `HEADER_BYTES` are looked at
 * @param names in lower case
 */
export function fieldsIn<N extends string>(start: Buffer, names: readonly N[]): Record<N, string> {
  const found: Partial<Record<N, string>> = {};
  let left = names.length;
  for (let at = 0; at < start.length && at < HEADER_BYTES && left > 0; at = nextLine(start, at)) {
    if (isEmptyLine(start, at)) break;
    for (const name of names)
      if (found[name] === undefined && isNamed(start, at, name)) {
        found[name] = valueAt(start, at + name.length + 1);
        left -= 1;
        break;
      }
  }
  for (const name of names) found[name] ??= '';
  return found as Record<N, string>;
}

function nextLine(octets: Buffer, at: number): number {
  const end = octets.indexOf(LF, at);
  return end < 0 ? octets.length : end + 1;
}

const isEmptyLine = (octets: Buffer, at: number): boolean => octets[at] === 13 && octets[at + 1] === LF;

/** @param name in lower case */
function isNamed(octets: Buffer, at: number, name: string): boolean {
  if (octets[at + name.length] !== COLON) return false;
  for (let i = 0; i < name.length; i += 1) {
    const octet = octets[at + i]!;
    if ((octet >= 65 && octet <= 90 ? octet + 32 : octet) !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** Up to the line that is no continuation. */
function valueAt(octets: Buffer, from: number): string {
  let end = nextLine(octets, from);
  const isFolded = octets[end] === SPACE || octets[end] === TAB;
  while (end - from < 4 * LONGEST_VALUE && (octets[end] === SPACE || octets[end] === TAB))
    end = nextLine(octets, end);
  const text = octets.toString('utf8', from, Math.min(end, from + 4 * LONGEST_VALUE, HEADER_BYTES));
  return (isFolded ? text.replace(/\r?\n[ \t]+/g, ' ') : text).trim().slice(0, LONGEST_VALUE);
}
