/** A link in RTF. */
import type { Payload } from './payloads.ts';

export const rtf = ({ host }: Payload): string =>
  `{\\rtf1\\ansi Good morning. {\\field{\\*\\fldinst HYPERLINK "http://${host}/pay"}{\\fldrslt Read on}}}`;
