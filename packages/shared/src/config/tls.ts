/**
 * Certificate and key for the listeners. Without a configured certificate a self-signed one is made for STARTTLS
 * and kept beside the spool, so that clients that remember it are not alarmed by every restart.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { standingOf, validityOf, type Validity } from '../platform/tls/certificate-validity.ts';
import { createFileSync, readRegularSync } from '../platform/files/regular-file.ts';
import { selfSigned } from '../platform/tls/self-signed.ts';
import type { Settings } from './settings.ts';

export interface Certificate {
  readonly options: SecureContextOptions;
  readonly selfSigned: boolean;
  readonly file: string;
  readonly validity: Validity;
}

/** @throws naming the file that cannot be read or does not fit */
export async function loadCertificate(
  tls: Settings['tls'],
  host: string,
  keepIn: string,
): Promise<Certificate> {
  if (tls.certFile !== null && tls.keyFile !== null) {
    const options = {
      cert: read(tls.certFile, 'tls.certFile'),
      key: read(tls.keyFile, 'tls.keyFile'),
      minVersion: tls.minVersion,
    };
    try {
      createSecureContext(options);
    } catch (error) {
      throw new Error(
        `${tls.certFile} and ${tls.keyFile} cannot be used for TLS: ${(error as Error).message}`,
        { cause: error },
      );
    }
    return { options, selfSigned: false, file: tls.certFile, validity: validityOf(options.cert.toString()) };
  }
  const file = join(keepIn, 'self-signed.pem');
  if (!serves(file)) {
    mkdirSync(keepIn, { recursive: true, mode: 0o700 });
    const made = await selfSigned([host]);
    createFileSync(file, `${made.cert}\n${made.key}`);
  }
  const pem = readRegularSync(file);
  return {
    options: { cert: pem, key: pem, minVersion: tls.minVersion },
    selfSigned: true,
    file,
    validity: validityOf(pem.toString()),
  };
}

/** Whether a self-signed certificate is there and does not end soon. What cannot be read is replaced. */
function serves(file: string): boolean {
  try {
    return standingOf(validityOf(readRegularSync(file).toString()), Date.now()) === 'valid';
  } catch {
    return false;
  }
}

function read(path: string, key: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${key}: cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
