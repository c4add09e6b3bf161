/** The faults of a message's form that are looked for (RFC 5322, RFC 2045 to 2047), and what each counts unless told otherwise. */
export const contentFaults = {
  'no-from': 2.5,
  'no-date': 1,
  'from-without-address': 1.5,
  'several-authors': 0.5,
  'duplicate-from': 4,
  'duplicate-field': 1,
  'controls-in-field': 3,
  'overlong-field': 0.5,
  'odd-header-line': 1,
  'too-many-fields': 2,
  'header-too-big': 2,
  'odd-content-type': 1.5,
  'duplicate-content-type': 3,
  'duplicate-content-transfer-encoding': 3,
  'duplicate-content-disposition': 1.5,
  'no-boundary': 1,
  'two-boundaries': 3,
  'boundary-reused': 3,
  'ambiguous-boundary': 1,
  'encoded-multipart': 3,
  'unclosed-multipart': 0.5,
  'parts-after-end': 3,
  'nested-too-deep': 4,
  'too-many-parts': 3,
  'unknown-encoding': 2,
  'unknown-charset': 0.5,
  'base64-goes-on': 2,
  'two-names': 2,
  'partial-message': 3,
  'external-body': 1,
  nul: 1.5,
  'hidden-text': 1,
} as const satisfies Readonly<Record<string, number>>;

export type ContentFault = keyof typeof contentFaults;

export const isContentFault = (word: string): word is ContentFault => Object.hasOwn(contentFaults, word);
