/**
 * Clients that speak another protocol. A web page can make the browser of a trusted host send SMTP commands in the body of a request
 * to an SMTP port, so a session that begins so is ended, and nothing behind its first line is carried out. Pure.
 *
 * Requests of HTTP are recognised by their method or version, TLS by the first octet of its records (RFC 8446 §5.1), and others by
 * lines that are no commands before EHLO or HELO.
 */
export type ForeignProtocol = 'http' | 'tls' | 'unknown';

/** The type of a record that holds a ClientHello. No command begins with it. */
export const TLS_HANDSHAKE = 0x16;
/** What TLS clients may name by ALPN (RFC 7301), if they name anything; Exim has the same list. A browser names HTTP. */
export const ALPN_PROTOCOLS: readonly string[] = ['smtp', 'esmtp'];

const HTTP_METHODS = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT'],
  'PRI', // HTTP/2 (RFC 9113 §3.4)
]);
/** A person may mistype a command, and an old client try a few, before EHLO or HELO. */
const MOST_UNKNOWN_LINES = 2;

/** @param verb of the command line, in capitals. A quoted local part may hold anything, so MAIL and RCPT are left to their own syntax. */
export const isHttpRequest = (verb: string, line: string): boolean =>
  line.includes(' HTTP/') && verb !== 'MAIL' && verb !== 'RCPT';

/**
 * Of a line that is no command of SMTP.
 * @param unknownLines so many came before EHLO or HELO, this one included; null after it
 */
export function protocolOfUnknown(
  verb: string,
  line: string,
  unknownLines: number | null,
): ForeignProtocol | null {
  if (HTTP_METHODS.has(verb)) return 'http';
  if (unknownLines === null) return null;
  return unknownLines > MOST_UNKNOWN_LINES || /[^\t -~]/.test(line) ? 'unknown' : null;
}
