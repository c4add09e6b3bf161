/** What a host said it can do in its reply to EHLO (RFC 5321 §4.1.1.1). */

export interface Extensions {
  readonly pipelining: boolean;
  readonly size: boolean;
  /** The fixed limit of RFC 1870 §4; 0 when it named none. */
  readonly sizeLimitBytes: number;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly dsn: boolean;
  readonly requireTls: boolean;
  readonly chunking: boolean;
  readonly auth: boolean;
}

/** `lines` are those after the greeting line, without the code. None of them means that only HELO was understood. */
export function parseExtensions(lines: readonly string[]): Extensions {
  const offered = new Map<string, string>();
  for (const line of lines) {
    // Some hosts write AUTH=LOGIN.
    const [keyword = '', parameter = ''] = line.trim().split(/[ =]+/);
    offered.set(keyword.toUpperCase(), parameter);
  }
  const limit = offered.get('SIZE') ?? '';
  return {
    pipelining: offered.has('PIPELINING'),
    size: offered.has('SIZE'),
    sizeLimitBytes: /^\d{1,15}$/.test(limit) ? Number(limit) : 0,
    eightBitMime: offered.has('8BITMIME'),
    smtpUtf8: offered.has('SMTPUTF8'),
    dsn: offered.has('DSN'),
    requireTls: offered.has('REQUIRETLS'),
    chunking: offered.has('CHUNKING'),
    auth: offered.has('AUTH'),
  };
}
