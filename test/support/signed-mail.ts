/** Mail that is signed as RFC 6376 says, in the simple form, by code that shares nothing with the product. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

export interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly privateKey: KeyObject;
  /** What stands in DNS at `SELECTOR._domainkey.DOMAIN`. */
  readonly record: string;
}

export function signingKey(
  domain: string,
  algorithm: SigningKey['algorithm'] = 'ed25519-sha256',
  bits = 2048,
): SigningKey {
  const { privateKey, publicKey } =
    algorithm === 'rsa-sha256'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const [kind, octets] = algorithm === 'rsa-sha256' ? ['rsa', der] : ['ed25519', der.subarray(-32)];
  const record = `v=DKIM1; k=${kind}; p=${octets.toString('base64')}`;
  return { domain, selector: 'test', algorithm, privateKey, record };
}

/** The message with a signature over its From, To and Subject on top. */
export function signed(
  message: string,
  { domain, selector, algorithm, privateKey }: SigningKey,
  tags: string = '',
): string {
  const [header = '', ...rest] = message.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').replace(/(?:\r\n)*$/, '\r\n');
  const fields = header.split(/\r\n(?![ \t])/);
  const names = ['from', 'to', 'subject'].filter((name) =>
    fields.some((field) => field.toLowerCase().startsWith(`${name}:`)),
  );
  const covered = names.map((name) =>
    fields.findLast((field) => field.toLowerCase().startsWith(`${name}:`))!,
  );
  const hash = createHash('sha256').update(body, 'latin1').digest('base64');
  const unsigned =
    `DKIM-Signature: v=1; a=${algorithm}; c=simple/simple; d=${domain}; s=${selector};${tags}` +
    `\r\n\th=${names.join(':')}; bh=${hash};\r\n\tb=`;
  const data = Buffer.from([...covered, unsigned].join('\r\n'), 'latin1');
  const octets =
    algorithm === 'rsa-sha256'
      ? sign('sha256', data, privateKey)
      : sign(null, createHash('sha256').update(data).digest(), privateKey);
  return `${unsigned}${octets.toString('base64')}\r\n${message}`;
}

/** The message with a chain of one ARC set on top (RFC 8617 §5.1); `tags` are those of its ARC-Message-Signature. */
export function sealed(
  message: string,
  { domain, selector, privateKey }: SigningKey,
  tags: string = '',
): string {
  const at = message.indexOf('\r\n\r\n') + 4;
  const from = message
    .slice(0, at)
    .split(/\r\n(?![ \t])/)
    .find((field) => field.startsWith('From:'))!;
  const hash = createHash('sha256').update(message.slice(at), 'latin1').digest('base64');
  const signedBy = (data: string): string =>
    sign('sha256', Buffer.from(data, 'latin1'), privateKey).toString('base64');
  const relaxed = (field: string): string =>
    field.replace(/^[^:]*: /, (name) => `${name.slice(0, -2).toLowerCase()}:`);
  const results = `ARC-Authentication-Results: i=1; ${domain}; dmarc=pass`;
  const by = `a=rsa-sha256; d=${domain}; s=${selector};`;
  const unsigned = `ARC-Message-Signature: i=1; c=simple/simple; ${by}${tags} h=from; bh=${hash}; b=`;
  const signature = unsigned + signedBy(`${from}\r\n${unsigned}`);
  const unsealed = `ARC-Seal: i=1; cv=none; ${by} b=`;
  const seal = unsealed + signedBy([results, signature, unsealed].map(relaxed).join('\r\n'));
  return `${seal}\r\n${signature}\r\n${results}\r\n${message}`;
}
