/** Messages that Outlook saves (`.msg`, MS-OXMSG) and opens. */
import { zipOf } from '../support/archives.ts';
import { compoundFileOf, type Node } from '../support/compound-file.ts';
import { compressedRtf } from '../support/tnef.ts';
import { attached, octetsOf, type Entity } from './mime.ts';
import type { Payload } from './payloads.ts';
import { rtf } from './rtf.ts';
import { files, type Trick, type Tricks } from './trick.ts';

const properties: Node = { name: '__properties_version1.0', content: Buffer.alloc(32) };
const stream = (tag: string, content: Buffer): Node => ({ name: `__substg1.0_${tag}`, content });
const unicode = (text: string): Buffer => Buffer.from(text, 'utf16le');
const attachment = (...content: readonly Node[]): Node => ({
  name: '__attach_version1.0_#00000000',
  content: [properties, ...content],
});
const file = ({ name, octets }: Payload): Node =>
  attachment(stream('3707001F', unicode(name)), stream('37010102', octetsOf(octets)));
const msg = (...nodes: readonly Node[]): string =>
  compoundFileOf([properties, stream('0037001F', unicode('Papers')), ...nodes]).toString('latin1');
const message =
  (nodes: (payload: Payload) => readonly Node[], type = 'application/vnd.ms-outlook', name = 'a.msg') =>
  (payload: Payload): Entity =>
    attached(type, name, msg(...nodes(payload)));

const attachedFiles: readonly Trick[] = [
  ['file', 'Outlook', message((payload) => [file(payload)])],
  ['file-octet-stream', 'Outlook', message((payload) => [file(payload)], 'application/octet-stream')],
  [
    'file-name-in-octets',
    'Outlook',
    message(({ name, octets }) => [
      attachment(stream('3704001E', octetsOf(name)), stream('37010102', octetsOf(octets))),
    ]),
  ],
  [
    'large-file',
    'Outlook',
    message(({ name, octets }) => [
      attachment(
        stream('3707001F', unicode(name)),
        stream('37010102', octetsOf(`${octets}${'x'.repeat(100_000)}`)),
      ),
    ]),
  ],
  [
    'file-in-attached-message',
    'Outlook',
    message((payload) => [
      attachment({ name: '__substg1.0_3701000D', content: [properties, file(payload)] }),
    ]),
  ],
  [
    'in-zip',
    'Outlook',
    (payload) =>
      attached(
        'application/zip',
        'a.zip',
        zipOf([{ name: 'a.msg', content: octetsOf(msg(file(payload))) }]).toString('latin1'),
      ),
  ],
];

const texts: readonly Trick[] = [
  ['body', 'Outlook', message(({ octets }) => [stream('1000001F', unicode(octets))])],
  ['body-in-octets', 'Outlook', message(({ octets }) => [stream('1000001E', octetsOf(octets))])],
  [
    'html',
    'Outlook',
    message(({ host }) => [stream('10130102', octetsOf(`<a href="&#104;ttp://${host}/p">a</a>`))]),
  ],
  ['rtf', 'Outlook', message((payload) => [stream('10090102', compressedRtf(rtf(payload)))])],
  [
    'html-file',
    'Outlook',
    message(({ host }) => [
      attachment(
        stream('3707001F', unicode('a.html')),
        stream('37010102', octetsOf(`<html><a href="&#104;ttp://${host}/p">a</a>`)),
      ),
    ]),
  ],
];

export const outlookMessages: readonly Tricks[] = [
  { area: 'msg', payloads: files, tricks: attachedFiles },
  { area: 'msg-text', payloads: ['link'], tricks: texts },
];
