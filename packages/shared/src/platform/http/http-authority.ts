/**
 * Who vouches for the key of a gateway's HTTP listener: an authority for this one node, whose private key is derived from a secret and
 * the node's name by HKDF (RFC 5869). Whoever has the secret derives the same authority and trusts no other, so a partner accepts the
 * key of this node and nobody else's, and no file has to be copied between hosts.
 *
 * The certificates are valid from 2020 to 2049 on purpose: partners must be able to report that a clock is wrong.
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { authorityExtensions, composeCertificate, serverExtensions, signedBy } from '../tls/x509.ts';

const VALID = { validFrom: Date.UTC(2020, 0, 1), validUntil: Date.UTC(2049, 11, 31) } as const;

/** PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

/** The certificate to trust, PEM. Each call signs it anew; every copy serves as well as the others. */
export function authorityCertificate(secret: string, node: string): string {
  const { name, privateKey, publicKey } = authorityOf(secret, node);
  return composeCertificate({
    subject: name,
    publicKey,
    issuer: { name, privateKey },
    ...VALID,
    extensions: authorityExtensions(publicKey),
  });
}

/** What to trust of a node, PEM: what any of these secrets vouches for, and the authority of a proxy before it, if there is one. */
export const trustedFor = (
  node: string,
  secrets: readonly string[],
  proxyAuthority: string | null,
): string[] => [
  ...secrets.map((secret) => authorityCertificate(secret, node)),
  ...(proxyAuthority === null ? [] : [proxyAuthority]),
];

/** A new key for the listener, with a certificate for these host names and addresses. The first is its subject. */
export function issueCredentials(secret: string, node: string, names: readonly string[]): Credentials {
  const authority = authorityOf(secret, node);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = composeCertificate({
    subject: names[0] ?? node,
    publicKey,
    issuer: authority,
    ...VALID,
    extensions: [...serverExtensions(names), signedBy(authority.publicKey)],
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface Authority {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function authorityOf(secret: string, node: string): Authority {
  const privateKey = deriveKey(secret, node);
  return { name: `Mailpair HTTP ${node}`, privateKey, publicKey: createPublicKey(privateKey) };
}

/** A key on P-256. Fewer than one in 2^32 candidates is no private key; the next one is taken then (FIPS 186-5 §A.2.2). */
function deriveKey(secret: string, node: string): KeyObject {
  const ecdh = createECDH('prime256v1');
  for (let attempt = 0; ; attempt += 1) {
    const purpose = `mailpair 1 http authority ${attempt} ${node}`;
    const d = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
    try {
      ecdh.setPrivateKey(d);
    } catch {
      continue;
    }
    const point = ecdh.getPublicKey(); // 0x04, x, y
    const [x, y] = [point.subarray(1, 33), point.subarray(33)];
    const text = (octets: Buffer): string => octets.toString('base64url');
    return createPrivateKey({
      format: 'jwk',
      key: { kty: 'EC', crv: 'P-256', d: text(d), x: text(x), y: text(y) },
    });
  }
}
