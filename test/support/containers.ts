/** Files within files, as mail carries them: attachments, archives of several kinds, messages within messages. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface NamedFile {
  readonly name: string;
  readonly octets: Buffer;
}

/** A zip archive of one file, compressed; or marked as encrypted, with whatever is in it. */
export function zip({ name, octets }: NamedFile, { encrypted = false } = {}): NamedFile {
  const file = Buffer.from(name);
  const data = deflateRawSync(octets);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(encrypted ? 1 : 0, 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(octets), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(octets.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, file, data]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, Buffer.alloc(14), file]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return { name: `${name}.zip`, octets: Buffer.concat([local, central, end]) };
}

export function tar({ name, octets }: NamedFile): NamedFile {
  const header = Buffer.alloc(512);
  const field = (text: string, at: number): void => void header.write(text, at, 'latin1');
  field(name.slice(0, 99), 0);
  field('0000644\0', 100);
  field('0000000\0', 108);
  field('0000000\0', 116);
  field(`${octets.length.toString(8).padStart(11, '0')}\0`, 124);
  field('00000000000\0', 136);
  field('        0', 148);
  field('ustar\0' + '00', 257);
  const sum = header.reduce((total, octet) => total + octet, 0);
  field(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (octets.length % 512)) % 512);
  return { name: `${name}.tar`, octets: Buffer.concat([header, octets, padding, Buffer.alloc(1024)]) };
}

export const gzip = ({ name, octets }: NamedFile): NamedFile => ({
  name: `${name}.gz`,
  octets: gzipSync(octets),
});

/** A message that carries it as an attachment. */
export function attach({ name, octets }: NamedFile, subject = 'see attached'): Buffer {
  const encoded = octets.toString('base64').replace(/.{76}/g, '$&\r\n');
  return Buffer.from(
    [
      `Subject: ${subject}`,
      'From: a@sender.test',
      'To: anna@example.com',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="=_boundary"',
      '',
      '--=_boundary',
      'Content-Type: text/plain',
      '',
      'Please look at this.',
      '--=_boundary',
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      encoded,
      '--=_boundary--',
      '',
    ].join('\r\n'),
  );
}

/** A message that carries that of another as message/rfc822. */
export const forward = (message: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      'Subject: Fwd\r\nFrom: a@sender.test\r\nMIME-Version: 1.0\r\n' +
        'Content-Type: multipart/mixed; boundary="=_outer"\r\n\r\n--=_outer\r\nContent-Type: message/rfc822\r\n\r\n',
    ),
    message,
    Buffer.from('\r\n--=_outer--\r\n'),
  ]);
