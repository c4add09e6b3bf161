/** The envelope of one transaction (RFC 5321 §2.3.1), with the parameters a later hop must be told. */

export type Notify = 'never' | 'success' | 'failure' | 'delay';

export interface Recipient {
  /** Forward-path without angle brackets. */
  readonly address: string;
  /** NOTIFY (RFC 3461 §4.1); absent when the client did not say. */
  readonly notify?: readonly Notify[];
  /** ORCPT decoded, `rfc822;user@example.com` (RFC 3461 §4.2). */
  readonly orcpt?: string;
}

export interface Envelope {
  /** '' is the null reverse-path. */
  readonly reversePath: string;
  readonly recipients: readonly Recipient[];
  /** BODY=8BITMIME was declared (RFC 6152). */
  readonly eightBit: boolean;
  /** SMTPUTF8 was declared (RFC 6531). */
  readonly smtpUtf8: boolean;
  /** REQUIRETLS was declared (RFC 8689). */
  readonly requireTls: boolean;
  /** RET (RFC 3461 §4.3). */
  readonly ret?: 'full' | 'hdrs';
  /** ENVID decoded (RFC 3461 §4.4). */
  readonly envid?: string;
}
