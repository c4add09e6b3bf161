/**
 * A self-signed certificate, for STARTTLS without one of the operator's and for tests. Made anew each time and good
 * for a year: it encrypts, and proves nothing.
 */
import { isIP } from 'node:net';

const VALID_DAYS = 365;

/** `names`: host names and addresses it stands for, the first one being its subject. PEM. */
export async function selfSigned(names: readonly string[]): Promise<{ cert: string; key: string }> {
  const [subject] = names;
  if (subject === undefined) throw new Error('a certificate needs at least one name');
  const from = new Date();
  const until = new Date(from);
  until.setDate(until.getDate() + VALID_DAYS);
  // Much code that most processes never need.
  const { generate } = await import('selfsigned');
  const pems = await generate([{ name: 'commonName', value: subject }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: until,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert: pems.cert, key: pems.private };
}
