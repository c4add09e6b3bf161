/** What Outlook sends as winmail.dat, as text of one character an octet: the writer of test/support, as evasions compose it. */
import * as tnef from '../support/tnef.ts';

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');

export interface TnefFile {
  readonly title?: string;
  readonly data?: string;
  readonly properties?: readonly Buffer[];
}

export interface TnefMessage {
  readonly body?: string;
  readonly properties?: readonly Buffer[];
  readonly files?: readonly TnefFile[];
}

export const stringOf = tnef.string8;
export const unicodeOf = tnef.unicode;
export const binaryOf = (id: number, text: string): Buffer => tnef.binary(id, octets(text));
/** A message within. */
export const messageProperty = (text: string): Buffer => tnef.object(0x3701, octets(text));

export const tnefOf = ({ files = [], ...message }: TnefMessage): string =>
  tnef
    .tnefOf({
      ...message,
      files: files.map(({ data, ...file }) => ({
        ...file,
        ...(data !== undefined && { data: octets(data) }),
      })),
    })
    .toString('latin1');

export const rtfCompressed = (rtf: string): string => tnef.compressedRtf(rtf).toString('latin1');

/** MS-OXRTFCP, as it stands (MELA). */
export function rtfUncompressed(rtf: string): string {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(rtf.length + 12, 0);
  head.writeUInt32LE(rtf.length, 4);
  head.write('MELA', 8, 'latin1');
  return head.toString('latin1') + rtf;
}
