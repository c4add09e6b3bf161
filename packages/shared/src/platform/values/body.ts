/**
 * A received message: the octets between DATA and the final dot, dot-unstuffed, every line ending in CRLF,
 * our own Received field not yet added.
 */
export interface Body {
  readonly sizeBytes: number;
  /** SHA-256 of the octets, lower-case hex; may be computed when first asked for. */
  readonly sha256: string;
  /** The octets in order, for a message that was small enough to stay in memory … */
  readonly chunks?: readonly Buffer[];
  /** … or the file that holds them. */
  readonly path?: string;
  /** Received fields in the header section (RFC 5321 §6.3). */
  readonly hops: number;
  /** An octet above 127 was seen. */
  readonly eightBit: boolean;
  /** Known to have no line that begins with a dot: it needs no dot-stuffing (RFC 5321 §4.5.2). */
  readonly isTransparent?: boolean;
  /** The chunks lie in memory that is used again. */
  readonly loan?: Loan;
}

/**
 * Memory lent for the time of a call. Whoever needs the chunks longer holds them first, and lets go once,
 * or copies them. When nobody holds them the
 * body has no chunks any more.
 */
export interface Loan {
  readonly hold: () => void;
  readonly letGo: () => void;
}
