/**
 * The header section of a message as signatures see it: fields as they stand, and in relaxed canonical form (RFC 6376
 * §3.4.2). Texts are octets (latin1), so that what is no ASCII is signed as it is sent. Pure.
 *
 * A reader of its own: it signs what we send, so it takes only fields that every verifier takes for the same ones.
 */

export interface HeaderField {
  /** Lower-case, without white space. */
  readonly name: string;
  /** The whole field with its folding, without the final CRLF. */
  readonly raw: string;
}

/** Beyond this no header section is signed: neither in octets nor in fields is any mail like it. */
export const HEADER_MAX_OCTETS = 256 * 1024;
export const HEADER_MAX_FIELDS = 1000;

/** The fields of a header section, top first. Lines that belong to no field are left out. */
export function parseFields(section: string): HeaderField[] {
  const fields: HeaderField[] = [];
  let from = 0;
  while (from < section.length) {
    let end = lineEnd(section, from);
    while (isFolded(section, end)) end = lineEnd(section, end + 2);
    const colon = section.indexOf(':', from);
    if (colon > from && colon < end)
      fields.push({
        name: section.slice(from, colon).trimEnd().toLowerCase(),
        raw: section.slice(from, end),
      });
    from = end + 2;
  }
  return fields;
}

function lineEnd(section: string, from: number): number {
  const at = section.indexOf('\r\n', from);
  return at < 0 ? section.length : at;
}

function isFolded(section: string, end: number): boolean {
  const next = section.charCodeAt(end + 2);
  return next === 32 || next === 9;
}

/** The value with its white space as one space each, none around it. */
export const relaxedValue = (raw: string): string =>
  raw
    .slice(raw.indexOf(':') + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');

/** `name:value`, without a line end. */
export const relaxedField = ({ name, raw }: HeaderField): string => `${name}:${relaxedValue(raw)}`;

/** A text of ours as octets. */
export const asOctets = (text: string): string =>
  /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
