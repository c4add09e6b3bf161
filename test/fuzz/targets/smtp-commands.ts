/** Arguments of MAIL, RCPT and BDAT, values in xtext, PROXY headers and the replies of next hops. */
import { readChunkCommand } from '@mailpair/shared/smtp/server/chunk-command';
import { decodeOrcpt, decodeXtext, parsePathCommand } from '@mailpair/shared/smtp/server/path-command';
import { MAX_HEADER_BYTES, readProxyHeader } from '@mailpair/shared/smtp/server/proxy-header';
import { ReplyReader } from '@mailpair/shared/smtp/client/reply-reader';
import { orcptText, xtext } from '@mailpair/shared/smtp/client/xtext';
import { domainOf, normaliseDomain, recipientKey } from '@mailpair/shared/platform/values/address';
import { parseReply } from '@mailpair/shared/platform/values/reply';
import { isDeepStrictEqual } from 'node:util';
import { must, piecesOf, type TargetFile } from '../target.ts';

const controls = /[\x00-\x1f\x7f]/;

export const smtpCommands: TargetFile = {
  name: 'smtp-commands',
  open: () => ({
    name: 'smtp-commands',
    seeds: [
      '<a@example.com> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb',
      '<> AUTH=<>',
      '<@a.test,@b.test:"quo\\"ted <x>"@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+3Db@c.test',
      '<ü@bücher.example> ORCPT=utf-8;\\x{FC}@b.test',
      '<a@[192.0.2.1]>',
      '<a@[IPv6:2001:db8::1]> MT-PRIORITY=3',
      '<postmaster>',
      '86 LAST',
      '250-mx.test\r\n250-SIZE 100\r\n250 PIPELINING\r\n',
      '550-5.1.1 no such\r\n550 5.1.1 user\n421 x\r\n',
    ].map((text) => Buffer.from(text)),
    words: [
      '<',
      '>',
      '@',
      '"',
      '\\',
      '[',
      ']',
      ' ',
      ':',
      ',',
      'SIZE=',
      'ORCPT=',
      '+3C',
      '\\x{',
      '}',
      'IPv6:',
      '.',
      '-',
      '\r\n',
      '250-',
      '5.1.1 ',
    ],
    longestBytes: 12 * 1024,
    budgetMs: 100,
    run(input) {
      const text = input.toString();
      checkPath(text);
      checkXtext(text);
      const chunk = readChunkCommand(text);
      must(
        chunk === null || Number.isSafeInteger(chunk.sizeBytes),
        'BDAT takes a size that is no number',
        chunk,
      );
      checkReplies(input);
    },
  }),
};

function checkPath(text: string): void {
  const parsed = parsePathCommand(text);
  if ('fault' in parsed) return;
  const { address, parameters } = parsed;
  must(!controls.test(address), 'an address with a control character is accepted', address);
  const again = parsePathCommand(`<${address}>`);
  must('address' in again && again.address === address, 'an accepted path does not parse to itself', address);
  for (const [name, value] of parameters)
    must(
      !controls.test(name + value) && name === name.toUpperCase(),
      'a parameter is accepted that is none',
      [name, value],
    );
  const domain = domainOf(address);
  must(normaliseDomain(domain) === domain, 'the form of a domain has another form', domain);
  must(
    recipientKey(recipientKey(address)) === recipientKey(address),
    'the key of a recipient has another key',
    address,
  );
}

function checkXtext(text: string): void {
  const decoded = decodeXtext(text);
  if (decoded !== undefined)
    must(decodeXtext(xtext(decoded)) === decoded, 'xtext does not decode to what was encoded', decoded);
  for (const utf8 of [false, true]) {
    const orcpt = decodeOrcpt(text, utf8);
    if (orcpt === undefined) continue;
    must(!controls.test(orcpt), 'ORCPT with a control character is accepted', orcpt);
    const sent = orcptText(orcpt);
    must(/^[!-~]*$/.test(sent), 'ORCPT is sent with what is not printable ASCII', sent);
  }
}

const PACKET_BYTES = 500;

/** Not octet by octet: replies are bounded in length, and read again with each packet. */
function* packetsOf(input: Buffer): Iterable<Buffer> {
  for (let at = 0; at < input.length; at += PACKET_BYTES) yield input.subarray(at, at + PACKET_BYTES);
}

function checkReplies(input: Buffer): void {
  const read = (pieces: Iterable<Buffer>): unknown[] => {
    const reader = new ReplyReader();
    const replies: unknown[] = [];
    for (const piece of pieces) {
      try {
        reader.read(piece, (reply) => void replies.push(reply));
      } catch (error) {
        must(
          (error as Error).message === 'sent a reply without end',
          'a reply is not read',
          (error as Error).message,
        );
      }
    }
    return replies;
  };
  must(isDeepStrictEqual(read([input]), read(packetsOf(input))), 'replies differ when the octets are cut');
  const { code } = parseReply(input.toString());
  must(code === 0 || (code >= 200 && code < 600), 'a reply has a code that is none', code);
}

export const proxyHeader: TargetFile = {
  name: 'proxy-header',
  open: () => ({
    name: 'proxy-header',
    seeds: [
      Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\r\nEHLO x\r\n'),
      Buffer.from('PROXY TCP6 2001:db8::7 2001:db8::10 56324 25\r\n'),
      Buffer.from('PROXY UNKNOWN ffff:f...f:ffff\r\n'),
      Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000207c000020adc040019', 'hex'),
      Buffer.from(`0d0a0d0a000d0a515549540a21210024${'20010db8'.repeat(8)}dc040019`, 'hex'),
      Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'),
      Buffer.from('0d0a0d0a000d0a515549540a21310003010203', 'hex'),
    ],
    words: [
      'PROXY ',
      'TCP4 ',
      'TCP6 ',
      'UNKNOWN',
      '\r\n',
      ' ',
      '::',
      '1.2.3.4',
      '65535',
      '\r\n\r\n\0\r\nQUIT\n',
      '\x21\x11',
      '\x20',
      '\0\x0c',
    ],
    longestBytes: 5 * 1024,
    budgetMs: 50,
    run(input) {
      const whole = readProxyHeader(input);
      let length = 0;
      for (const piece of piecesOf(input)) {
        length += piece.length;
        const reading = readProxyHeader(input.subarray(0, length));
        if (reading.kind === 'incomplete') continue;
        must(isDeepStrictEqual(reading, whole), 'further octets change what was decided', [reading, whole]);
        break;
      }
      if (whole.kind === 'incomplete')
        must(input.length < MAX_HEADER_BYTES, 'more octets are asked for than a header has');
      if (whole.kind === 'complete')
        must(whole.sizeBytes <= input.length, 'a header is longer than what came');
    },
  }),
};
