/** Composes X.509 certificates, version 3, with ECDSA keys on P-256 (RFC 5280, RFC 5480). It verifies nothing. */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { addressOctets } from '../network/addresses.ts';
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

/** Longest common name (RFC 5280 §A.1, ub-common-name). */
const LONGEST_NAME = 64;

const oid = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

export interface CertificateRequest {
  /** Common name; cut to 64 characters. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject };
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Made by the functions below. */
  readonly extensions: readonly Buffer[];
}

/** @returns PEM */
export function composeCertificate(request: CertificateRequest): string {
  const { subject, publicKey, issuer, validFrom, validUntil, extensions } = request;
  const algorithm = sequence(objectId(oid.ecdsaWithSha256));
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer.name),
    sequence(time(validFrom), time(validUntil)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  return pem(sequence(content, algorithm, bits(sign('sha256', content, issuer.privateKey))));
}

/** Extensions of a server's certificate. @param names host names and addresses that it stands for */
export const serverExtensions = (names: readonly string[]): Buffer[] => [
  extension(oid.basicConstraints, sequence(), true),
  extension(oid.keyUsage, bits(Buffer.from([0x80]), 7), true), // digitalSignature
  extension(oid.extKeyUsage, sequence(objectId(oid.serverAuth))),
  extension(oid.subjectAltName, sequence(...names.map(alternativeOf))),
];

/** Extensions of an authority that signs certificates of servers, and no other authority. */
export const authorityExtensions = (key: KeyObject): Buffer[] => [
  extension(oid.basicConstraints, sequence(truth, integer(Buffer.from([0]))), true),
  extension(oid.keyUsage, bits(Buffer.from([0x04]), 2), true), // keyCertSign
  extension(oid.subjectKeyIdentifier, octets(keyIdentifier(key))),
];

/** Names the key that signed a certificate, where that is not its own (§4.2.1.1). */
export const signedBy = (authority: KeyObject): Buffer =>
  extension(oid.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(authority))));

/** Twenty octets of SHA-256 (RFC 7093 §2). */
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(objectId(oid.commonName), utf8(commonName.slice(0, LONGEST_NAME)))));

const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(objectId(id), ...(isCritical ? [truth] : []), octets(value));

const alternativeOf = (name: string): Buffer =>
  isIP(name) === 0 ? implicit(2, Buffer.from(name, 'latin1')) : implicit(7, addressOctets(name));

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
