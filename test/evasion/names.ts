/** The name of a file in the parameters of its part (RFC 2183), and names that Windows takes as others. */
import { mixed, plainPart, withFields } from './mime.ts';
import { named, typeNamed } from './named.ts';
import { entityOf } from './payloads.ts';
import type { Trick, Tricks } from './trick.ts';

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const parameters: readonly Trick[] = [
  ['unquoted', 'all', named((name) => `attachment; filename=${name}`)],
  ['upper-case', 'all', named((name) => `ATTACHMENT; FILENAME="${name.toUpperCase()}"`)],
  ['single-quotes', 'Outlook, Gmail', named((name) => `attachment; filename='${name}'`)],
  ['blanks-around-equals', 'all', named((name) => `attachment; filename = "${name}"`)],
  ['blank-in-unquoted', 'Outlook, Gmail', named((name) => `attachment; filename=my ${name}`)],
  ['folded', 'all', named((name) => `attachment;\r\n\tfilename="${name}"`)],
  ['folded-in-quotes', 'Thunderbird', named((name) => `attachment; filename="my\r\n ${name}"`)],
  ['quote-not-closed', 'all', named((name) => `attachment; filename="${name}`)],
  ['quote-closed-only', 'Outlook', named((name) => `attachment; filename=${name}"`)],
  ['quoted-pair', 'all', named((name) => `attachment; filename="${name.replace('.', '\\.')}"`)],
  ['quoted-pair-quote', 'all', named((name) => `attachment; filename="a\\"${name}"`)],
  ['no-semicolon', 'Outlook', named((name) => `attachment filename="${name}"`)],
  ['comma', 'Outlook', named((name) => `attachment, filename="${name}"`)],
  ['no-value', 'Outlook, Thunderbird', named((name) => `; filename="${name}"`)],
  ['value-left-out', 'Outlook, Gmail', named((name) => `filename="${name}"`)],
  ['empty-parameters', 'all', named((name) => `attachment;;; ; filename="${name}"`)],
  ['parameter-without-value', 'all', named((name) => `attachment; size; filename="${name}"`)],
  ['comment-after', 'Python, Thunderbird', named((name) => `attachment; filename=${name} (a file)`)],
  ['comment-before', 'Python', named((name) => `attachment; (a file) filename="${name}"`)],
  ['comment-in-value', 'all', named((name) => `(x) attachment (y); filename="${name}"`)],
  ['comment-nested', 'Python', named((name) => `attachment (a (b) ; c) ; filename="${name}"`)],
  ['twice-first', 'one or the other', named((name) => `attachment; filename="${name}"; filename="a.txt"`)],
  ['twice-last', 'one or the other', named((name) => `attachment; filename="a.txt"; filename="${name}"`)],
  [
    'parameter-101',
    'all',
    named(
      (name) =>
        `attachment; ${Array.from({ length: 101 }, (_, i) => `x${i}=1`).join('; ')}; filename="${name}"`,
    ),
  ],
  ['trailing-dot', 'Windows saves it without', named((name) => `attachment; filename="${name}."`)],
  ['trailing-dots-blanks', 'Windows saves it without', named((name) => `attachment; filename="${name} . ."`)],
  ['trailing-nbsp', 'all', named((name) => `attachment; filename*=utf-8''${name}%C2%A0`)],
  [
    'zero-width',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%E2%80%8B')}`),
  ],
  [
    'soft-hyphen',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%C2%AD')}`),
  ],
  [
    'variation-selector',
    'all show it as the bare name',
    named((name) => `attachment; filename*=utf-8''${name}%EF%B8%8F`),
  ],
  ['right-to-left', 'all', named((name) => `attachment; filename*=utf-8''a%E2%80%AEtxt.${name}`)],
  ['fullwidth', 'Windows, NFKC', named((name) => `attachment; filename="${utf8(name.replace('.', '．'))}"`)],
  [
    'one-dot-leader',
    'Windows, NFKC',
    named((name) => `attachment; filename="${utf8(name.replace('.', '\u2024'))}"`),
  ],
  [
    'control-in-extended',
    'Outlook drops it',
    named((name) => `attachment; filename*=utf-8''${name.replace('.', '.%01')}`),
  ],
  ['tab-in-name', 'Thunderbird', named((name) => `attachment; filename="${name.replace('.', '.\t')}"`)],
  [
    'nul-in-extended',
    'Outlook ends the name there',
    named((name) => `attachment; filename*=utf-8''${name}%00.txt`),
  ],
  ['path', 'all save the last part', named((name) => `attachment; filename="C:\\\\a\\\\${name}"`)],
  ['path-slashes', 'all save the last part', named((name) => `attachment; filename="../../${name}"`)],
  ['trailing-slash', 'Gmail: a slash is dropped', named((name) => `attachment; filename="${name}/"`)],
  [
    'alternate-stream',
    'Windows: the name before the colon',
    named((name) => `attachment; filename="${name}::$DATA"`),
  ],
  ['long', 'all', named((name) => `attachment; filename="${'a'.repeat(300)}${name}"`)],
  ['long-in-type', 'all', typeNamed((name) => `; name="${'a'.repeat(300)}${name}"`)],
  ['long-blanks', 'all', named((name) => `attachment; filename="a.txt${' '.repeat(280)}.${name}"`)],
  [
    'empty-filename-beside-name',
    'Thunderbird, mailparser',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: `application/octet-stream; name="${payload.name}"`,
          disposition: 'attachment; filename=""',
        }),
      ),
  ],
  [
    'filename-harmless-beside-name',
    'Outlook Express',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: `application/octet-stream; name="${payload.name}"`,
          disposition: 'attachment; filename="a.txt"',
        }),
      ),
  ],
  [
    'name-harmless-beside-filename',
    'all',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          type: 'application/octet-stream; name="a.txt"',
          disposition: `attachment; filename="${payload.name}"`,
        }),
      ),
  ],
  ['type-only', 'all', typeNamed((name) => `; name="${name}"`)],
  ['type-only-inline', 'all', typeNamed((name) => `; name="${name}"`, 'inline')],
  ['filename-in-type', 'Outlook', typeNamed((name) => `; filename="${name}"`)],
  ['name-in-disposition', 'Outlook Express', named((name) => `attachment; name="${name}"`)],
  ['disposition-unknown', 'RFC 2183 §2.8', named((name) => `x-any; filename="${name}"`)],
  ['disposition-quoted', 'Outlook', named((name) => `"attachment"; filename="${name}"`)],
  ['disposition-form-data', 'all', named((name) => `form-data; name=a; filename="${name}"`)],
  [
    'description',
    'Apple Mail, Outlook',
    (payload) =>
      mixed(
        plainPart,
        entityOf(payload, {
          fields: [
            'Content-Type: application/octet-stream',
            'Content-Transfer-Encoding: base64',
            `Content-Description: ${payload.name}`,
          ],
        }),
      ),
  ],
  [
    'dispositions-first',
    'one or the other',
    (payload) =>
      mixed(plainPart, withFields(entityOf(payload), 'Content-Disposition: attachment; filename="a.txt"')),
  ],
  [
    'dispositions-last',
    'one or the other',
    (payload) =>
      mixed(
        plainPart,
        withFields(
          entityOf(payload, { disposition: 'attachment; filename="a.txt"' }),
          `Content-Disposition: attachment; filename="${payload.name}"`,
        ),
      ),
  ],
];

export const names: readonly Tricks[] = [{ area: 'parameter', payloads: ['script'], tricks: parameters }];
