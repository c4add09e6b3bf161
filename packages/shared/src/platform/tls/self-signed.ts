/**
 * A self-signed certificate, for STARTTLS without one of the operator's and for tests (RFC 5280). Each call makes a new one, which is
 * valid for a year. It allows encryption and proves no identity.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { composeCertificate, serverExtensions } from './x509.ts';

const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

/** @param names host names and addresses that it stands for; the first is its subject. @returns PEM */
export async function selfSigned(names: readonly string[]): Promise<{ cert: string; key: string }> {
  const [subject] = names;
  if (subject === undefined) throw new Error('a certificate needs at least one name');
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const validFrom = Date.now();
  const cert = composeCertificate({
    subject,
    publicKey,
    issuer: { name: subject, privateKey },
    validFrom,
    validUntil: validFrom + VALID_DAYS * DAY_MS,
    extensions: serverExtensions(names),
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
