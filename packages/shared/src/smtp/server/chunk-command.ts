/** The argument of BDAT (RFC 3030 §2). Pure. */

export interface ChunkCommand {
  /** Octets that follow the command line. */
  readonly sizeBytes: number;
  /** The message ends with them. */
  readonly isLast: boolean;
}

/** Null when it cannot be told how many octets follow. */
export function readChunkCommand(argument: string): ChunkCommand | null {
  const form = /^(\d{1,15})(?:\s+(LAST))?$/i.exec(argument);
  return form && { sizeBytes: Number(form[1]), isLast: form[2] !== undefined };
}
