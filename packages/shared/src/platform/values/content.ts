/** What was read of a message: decoded and bounded, whatever the message is. Not kept in records; `ContentFacts` are. */

export interface Content {
  /** The header section: lower-case name and unfolded value as it stands, in order; at most 1,000 fields. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** All text parts as Unicode, HTML reduced to what a reader sees; at most 256 KB of it. */
  readonly text: string;
  /** URLs in text and HTML, each once; at most 200. */
  readonly urls: readonly string[];
  readonly facts: ContentFacts;
}

export interface ContentFacts {
  /** What is wrong with its form and matters: `duplicate-from`, `nested-too-deep` … */
  readonly faults: readonly { readonly fault: string; readonly evidence: string }[];
  /** Addresses in From, decoded: what a reader sees, and where it comes from. */
  readonly from: readonly { readonly name: string; readonly address: string }[];
  readonly subject: string;
  readonly messageId: string;
  /** Parts that are not text to be read in place, those within archives too; at most 1,000. */
  readonly attachments: readonly AttachmentFacts[];
  /** A bound was reached, so that something was not looked at; empty when all was. */
  readonly unread: readonly string[];
}

export interface AttachmentFacts {
  /** Decoded file name, '' when it has none; within an archive `outer.zip/inner.exe`. */
  readonly name: string;
  /** Names that other programs show of it, where they differ. */
  readonly otherNames?: readonly string[];
  /** Content-Type as declared, lower-case; '' within archives. */
  readonly declaredType: string;
  /** What the first octets say it is: `exe`, `zip`, `pdf`, `ole`, `elf` …; '' when they say nothing. */
  readonly looksLike: string;
  readonly sizeBytes: number;
  /** 0 for a part of the message, 1 within an archive of it … */
  readonly depth: number;
  /** It, or something in it, could not be opened for want of a password. */
  readonly encrypted?: true;
  /** A document with macros. */
  readonly macros?: true;
  /** Made to unpack to more than anybody has room for. */
  readonly bomb?: true;
  /** It holds more than was looked at, or parts of the message were not read at all; why. */
  readonly unopened?: string;
}
