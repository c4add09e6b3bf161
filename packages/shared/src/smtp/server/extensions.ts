/** What EHLO is answered (RFC 5321 §4.1.1.1): the extensions that this session may use now. */

export interface Offer {
  readonly maxMessageBytes: number;
  readonly dsn: boolean;
  /** STARTTLS is possible and has not happened. */
  readonly startTls: boolean;
  readonly secure: boolean;
  /** AUTH is possible and has not happened. */
  readonly auth: boolean;
}

export function offeredExtensions({ maxMessageBytes, dsn, startTls, secure, auth }: Offer): string[] {
  return [
    'PIPELINING',
    `SIZE ${maxMessageBytes}`,
    '8BITMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    ...(dsn ? ['DSN'] : []),
    'CHUNKING',
    ...(startTls ? ['STARTTLS'] : []),
    ...(secure ? ['REQUIRETLS'] : []),
    ...(secure && auth ? ['AUTH PLAIN LOGIN'] : []),
  ];
}

/** A reply of several lines, without enhanced codes (RFC 2034 §3). */
export const multiLine = (code: number, lines: readonly string[]): string =>
  lines.map((line, i) => `${code}${i < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n');
