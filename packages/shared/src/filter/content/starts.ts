/** What stands first in a part or a message, where programs differ in what they pass over. Pure. */

const LF = 0x0a;
const CR = 0x0d;
/** Empty lines in front of a part or a message that are passed over. */
const BLANK_BYTES = 100;

/** Octets of line ends in front of anything else; -1 where there is nothing else, or too many. */
export const lineEndsBefore = (octets: Buffer): number =>
  octets.subarray(0, BLANK_BYTES).findIndex((octet) => octet !== CR && octet !== LF);

export const startsAsPart = (octets: Buffer): boolean =>
  /^content-[a-z-]{1,50}[ \t]{0,100}:/i.test(octets.toString('latin1', 0, 160));

/** A field stands first, or the line that a mailbox begins a message with. */
export const startsAsMessage = (octets: Buffer): boolean =>
  /^(?:\r?\n)?(?:>?From |[!-9;-~]{1,100}[ \t]{0,100}:)/.test(octets.toString('latin1', 0, 250));
