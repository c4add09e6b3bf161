/** Parts in S/MIME without a text that is readable as it stands (RFC 8551). */
import { zipOf } from '../support/archives.ts';
import { compressedData, envelopedData, signedData } from './cms.ts';
import {
  attached,
  base64,
  lines,
  messageOf,
  mixed,
  octetsOf,
  plainPart,
  textOf,
  type Entity,
} from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';
import { all, type Trick, type Tricks } from './trick.ts';

const p7m =
  (
    make: (content: string) => string,
    type = 'application/pkcs7-mime; smime-type=signed-data',
    name = 'smime.p7m',
  ) =>
  (payload: Payload): Entity =>
    attached(type, name, make(signedContent(payload)));
const signedContent = (payload: Payload): string =>
  textOf(mixed(plainPart, entityOf(payload))).replaceAll('outer_1', 'inner_2');
const opaque = (octets: string): string =>
  textOf({
    fields: [
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
    ],
    body: base64(octets),
  });

const smime: readonly Trick[] = [
  [
    'whole-message',
    'Outlook, Thunderbird, Apple Mail',
    (payload) => ({
      fields: [
        'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
        'Content-Transfer-Encoding: base64',
      ],
      body: base64(signedData(signedContent(payload))),
    }),
  ],
  ['in-mixed', 'Outlook', p7m((content) => signedData(content))],
  [
    'x-pkcs7',
    'Outlook, Thunderbird, Apple Mail',
    p7m((content) => signedData(content), 'application/x-pkcs7-mime'),
  ],
  ['no-smime-type', 'Outlook, Thunderbird', p7m((content) => signedData(content), 'application/pkcs7-mime')],
  [
    'says-enveloped',
    'Outlook looks at the content',
    p7m((content) => signedData(content), 'application/pkcs7-mime; smime-type=enveloped-data'),
  ],
  [
    'octet-stream',
    'Outlook, by its name (RFC 8551 §3.2.1)',
    p7m((content) => signedData(content), 'application/octet-stream'),
  ],
  [
    'octet-stream-p7z',
    'by its name (RFC 8551 §3.2.1)',
    p7m((content) => compressedData(content), 'application/octet-stream', 'smime.p7z'),
  ],
  [
    'type-without-name',
    'Outlook, Thunderbird',
    p7m((content) => signedData(content), 'application/pkcs7-mime', ''),
  ],
  ['indefinite', 'all (BER, RFC 5652 §4)', p7m((content) => signedData(content, 'indefinite'))],
  ['indefinite-pieces', 'all', p7m((content) => signedData(content, 'indefinite', 30))],
  ['definite-pieces', 'all', p7m((content) => signedData(content, 'definite', 100))],
  ['pieces-of-1', 'OpenSSL', p7m((content) => signedData(content, 'indefinite', 1))],
  ['trailing-octets', 'OpenSSL', p7m((content) => `${signedData(content)}\0\0\0`)],
  ['signed-twice', 'Outlook', p7m((content) => signedData(opaque(signedData(content))))],
  [
    'signed-5-times',
    'Outlook',
    p7m((content) => [1, 2, 3, 4].reduce((each) => signedData(opaque(each)), signedData(content))),
  ],
  [
    'compressed',
    'RFC 3274; Thunderbird',
    p7m((content) => compressedData(content), 'application/pkcs7-mime; smime-type=compressed-data'),
  ],
  [
    'compressed-indefinite',
    'RFC 3274',
    p7m(
      (content) => compressedData(content, 'indefinite'),
      'application/pkcs7-mime; smime-type=compressed-data',
    ),
  ],
  ['compressed-in-signed', 'RFC 8551 §3.7', p7m((content) => signedData(opaque(compressedData(content))))],
  [
    'pem',
    'OpenSSL',
    p7m((content) => lines('-----BEGIN PKCS7-----', base64(signedData(content)), '-----END PKCS7-----')),
  ],
  [
    'pem-cms',
    'OpenSSL',
    p7m((content) => lines('-----BEGIN CMS-----', base64(signedData(content)), '-----END CMS-----')),
  ],
  ['base64-twice', 'Outlook', p7m((content) => base64(signedData(content)))],
  [
    'enveloped',
    'who has the key',
    p7m((content) => envelopedData(content), 'application/pkcs7-mime; smime-type=enveloped-data'),
  ],
  [
    'detached-content-beside',
    'Outlook',
    (payload) =>
      mixed({
        fields: [
          'Content-Type: application/pkcs7-signature; name=smime.p7s',
          'Content-Transfer-Encoding: base64',
        ],
        body: base64(signedData(signedContent(payload))),
      }),
  ],
  [
    'in-eml',
    'Outlook',
    (payload) =>
      mixed(plainPart, {
        fields: ['Content-Type: message/rfc822'],
        body: messageOf(p7m((content) => signedData(content))(payload)).replaceAll('outer_1', 'third_3'),
      }),
  ],
  [
    'in-zip',
    'opened by who reads it',
    (payload) =>
      attached(
        'application/zip',
        'a.zip',
        zipOf([{ name: 'smime.p7m', content: octetsOf(signedData(signedContent(payload))) }]).toString(
          'latin1',
        ),
      ),
  ],
];

export const smimes: readonly Tricks[] = [{ area: 'smime', payloads: all, tricks: smime }];
