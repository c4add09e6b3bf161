/** What the first octets of a file say it is. Pure. */

const signatures: readonly (readonly [kind: string, at: number, octets: string])[] = [
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['zip', 0, 'PK00PK'],
  ['pdf', 0, '%PDF-'],
  ['ole', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['elf', 0, '\x7fELF'],
  ['macho', 0, '\xcf\xfa\xed\xfe'],
  ['macho', 0, '\xce\xfa\xed\xfe'],
  ['macho', 0, '\xfe\xed\xfa\xce'],
  ['macho', 0, '\xfe\xed\xfa\xcf'],
  ['class', 0, '\xca\xfe\xba\xbe'],
  ['gzip', 0, '\x1f\x8b\x08'],
  ['bzip2', 0, 'BZh'],
  ['xz', 0, '\xfd7zXZ\x00'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['lz4', 0, '\x04\x22\x4d\x18'],
  ['7z', 0, "7z\xbc\xaf'\x1c"],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['cab', 0, 'MSCF'],
  ['arj', 0, '\x60\xea'],
  ['applesingle', 0, '\x00\x05\x16\x00'],
  ['ar', 0, '!<arch>\n'],
  ['compress', 0, '\x1f\x9d'],
  ['lzip', 0, 'LZIP'],
  ['lzma', 0, '\x5d\x00\x00'],
  ['rpm', 0, '\xed\xab\xee\xdb'],
  ['wim', 0, 'MSWIM\x00\x00\x00'],
  ['xar', 0, 'xar!'],
  ['lha', 2, '-lh'],
  ['ace', 7, '**ACE**'],
  ['tar', 257, 'ustar'],
  ['cpio', 0, '070701'],
  ['cpio', 0, '070702'],
  ['cpio', 0, '070707'],
  ['cpio', 0, '\xc7\x71'],
  ['cpio', 0, '\x71\xc7'],
  ['rtf', 0, '{\\rt'],
  ['lnk', 0, 'L\x00\x00\x00\x01\x14\x02\x00'],
  ['chm', 0, 'ITSF'],
  ['onenote', 0, '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d'],
  ['tnef', 0, '\x78\x9f\x3e\x22'],
  ['wasm', 0, '\x00asm'],
  ['script', 0, '#!'],
  ['png', 0, '\x89PNG'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['gif', 0, 'GIF8'],
  ['psd', 0, '8BPS'],
  ['vhd', 0, 'conectix'],
  ['vhdx', 0, 'vhdxfile'],
  ['pgp', 0, '-----BEGIN PGP MESSAGE-----'],
  ['cms', 0, '-----BEGIN CMS-----'],
  ['cms', 0, '-----BEGIN PKCS7-----'],
];
/** Octets that are looked at. */
const HEAD = 1_100;
/** Where an image of a disc says so (ECMA-119 §8, ECMA-167 part 2 §9). */
const DISC = 32_769;
const HYPHEN = 0x2d;
const ZERO = 0x30;

/** A sequence of any length whose first element identifies what RFC 5652, RFC 5083 or RFC 3274 define (DER, X.690 §8). */
const cms = new RegExp(
  String.raw`^0(?:[\0-\x80]|[\x81-\x84][^]{1,4}?)\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01-\x06]|` +
    String.raw`\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x09\x17])`,
);
/** Of base64, as many characters as are more than enough for that. */
const CMS_CHARACTERS = 40;

/** '' where they say nothing. */
export function looksLike(octets: Buffer): string {
  const head = octets.toString('latin1', 0, HEAD);
  for (const [kind, at, signature] of signatures)
    if (head.startsWith(signature, at) && isPlausible(kind, octets)) return kind;
  if (head.startsWith('MZ') && octets.length >= 64) return 'exe';
  const disc = octets.toString('latin1', DISC, DISC + 5);
  if (disc === 'CD001') return 'iso';
  if (disc === 'BEA01') return 'udf';
  if (cms.test(head)) return 'cms';
  const start = head.slice(0, 1_024).trimStart();
  if (
    start.startsWith('MI') &&
    cms.test(Buffer.from(start.slice(0, CMS_CHARACTERS), 'base64').toString('latin1'))
  )
    return 'cms';
  if (/^(?:<!doctype html|<html|<head|<body|<script)/i.test(start)) return 'html';
  if (/^<svg|^<\?xml[^>]*>\s*(?:<!--[^>]*>\s*)?<svg/i.test(start)) return 'svg';
  // Other programs find a document behind up to 1 KB of anything.
  if (start.includes('%PDF-')) return 'pdf';
  return octets.subarray(-ZIP_END).includes(zipEnd) ? 'zip' : '';
}

/** The directory of a zip is found from its end (APPNOTE 4.3.16), whatever stands in front of its files. */
const zipEnd = Buffer.from('PK\x05\x06', 'latin1');
const ZIP_END = 22 + 65_535;

/** Short signatures stand in other files by chance, which nobody could open then. */
function isPlausible(kind: string, octets: Buffer): boolean {
  if (kind === 'arj') return octets.length > 4 && within(octets.readUInt16LE(2), 30, 2_600);
  if (kind === 'lha') return octets[6] === HYPHEN;
  // The most bits of a code, and no reserved bit.
  if (kind === 'compress') return octets.length > 3 && within(octets[2]! & 0x7f, 9, 16);
  // The size is not known, or less than 2^40.
  if (kind === 'lzma') return octets.length > 13 && /^(?:ff){8}$|0{6}$/.test(octets.toString('hex', 5, 13));
  if (kind !== 'cpio' || octets[0] === ZERO) return true;
  // Old binary format, in either order of octets: the length of the first name, with its NUL.
  if (octets.length < 26) return false;
  return within(octets[0] === 0xc7 ? octets.readUInt16LE(20) : octets.readUInt16BE(20), 2, 1_024);
}

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
