/** The certificate that every candidate shows: self-signed, with an EC key on P-256. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import type { CertificateFiles } from './candidate.ts';

export async function writeCertificate(directory: string): Promise<CertificateFiles> {
  const { cert, key } = await selfSigned(['mx.hosted.example']);
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key, { mode: 0o600 });
  return files;
}
