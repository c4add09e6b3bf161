/**
 * A self-signed certificate, for STARTTLS without one of the operator's and for tests (RFC 5280). Made anew each time and
 * good for a year: it encrypts, and proves nothing.
 */
import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { addressOctets } from './addresses.ts';
import {
  bits,
  explicit,
  implicit,
  integer,
  objectId,
  octets,
  sequence,
  set,
  time,
  truth,
  utf8,
} from './der.ts';

const VALID_DAYS = 365;
const DAY_MS = 86_400_000;
/** Longest common name (§A.1, ub-common-name). */
const LONGEST_NAME = 64;

const oid = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

/** `names`: host names and addresses it stands for, the first one being its subject. PEM. */
export async function selfSigned(names: readonly string[]): Promise<{ cert: string; key: string }> {
  const [subject] = names;
  if (subject === undefined) throw new Error('a certificate needs at least one name');
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const from = Date.now();
  const name = sequence(set(sequence(objectId(oid.commonName), utf8(subject.slice(0, LONGEST_NAME)))));
  const algorithm = sequence(objectId(oid.ecdsaWithSha256));
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(from), time(from + VALID_DAYS * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensionsFor(names))),
  );
  const cert = sequence(content, algorithm, bits(sign('sha256', content, privateKey)));
  return {
    cert: pem('CERTIFICATE', cert),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensionsFor(names: readonly string[]): Buffer[] {
  const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
    sequence(objectId(id), ...(isCritical ? [truth] : []), octets(value));
  const alternatives = names.map((name) =>
    isIP(name) === 0 ? implicit(2, Buffer.from(name, 'latin1')) : implicit(7, addressOctets(name)),
  );
  return [
    extension(oid.basicConstraints, sequence(), true),
    extension(oid.keyUsage, bits(Buffer.from([0x80]), 7), true), // digitalSignature
    extension(oid.extKeyUsage, sequence(objectId(oid.serverAuth))),
    extension(oid.subjectAltName, sequence(...alternatives)),
  ];
}

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
