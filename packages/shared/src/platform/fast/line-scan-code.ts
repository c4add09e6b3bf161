/**
 * The function of `line-scan.ts` in the binary format of WebAssembly (https://webassembly.github.io/spec/core/binary/), made of its
 * instructions here. In TypeScript it would be
 *
 *     for (; at + 16 <= end; at += 16) {
 *       const octets = sixteen from `at` on;
 *       if (none of octets is less than 14 && !crBefore && !lfBefore) continue;
 *       const lf = which of them are LF, one bit for each, the first one lowest;
 *       const cr = which are CR;
 *       const lfNotBehindCr = ((cr << 1) | crBefore) & 0xffff ^ lf;
 *       const dotAtLineStart = ((lf << 1) | lfBefore) & which are dots;
 *       if (lfNotBehindCr | which are NUL | dotAtLineStart) break;
 *       crBefore = cr >>> 15;
 *       lfBefore = lf >>> 15;
 *     }
 *     return at - crBefore;
 */
const NUL = 0;
const LF = 10;
const CR = 13;
const DOT = 46;

const I32 = 0x7f;
const V128 = 0x7b;
const NO_RESULT = 0x40;

/** Parameters, then locals, which begin with 0. */
const at = 0;
const end = 1;
const lfBefore = 2;
const crBefore = 3;
const cr = 4;
const lf = 5;
const octets = 6;
const LOCALS = [2, 3, I32, 1, V128];

const BLOCK = [0x02, NO_RESULT];
const LOOP = [0x03, NO_RESULT];
const IF = [0x04, NO_RESULT];
const END = 0x0b;
const branch = (depth: number): number[] => [0x0c, depth];
const branchIf = (depth: number): number[] => [0x0d, depth];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const number = (value: number): number[] => [0x41, ...signed(value)];
const IS_ZERO = 0x45;
const IS_MORE = 0x4b;
const ADD = 0x6a;
const SUBTRACT = 0x6b;
const AND = 0x71;
const OR = 0x72;
const XOR = 0x73;
const SHIFT_LEFT = 0x74;
const SHIFT_RIGHT = 0x76;

/** Instructions for sixteen octets. */
const LOAD = [0xfd, 0x00, 0, 0];
const SPLAT = [0xfd, 0x0f];
const EQUAL = [0xfd, 0x23];
const IS_LESS = [0xfd, 0x26];
const ANY_TRUE = [0xfd, 0x53];
const BITS = [0xfd, ...unsigned(0x64)];

const whichAre = (octet: number): number[] => [
  ...[...get(octets), ...number(octet), ...SPLAT],
  ...[...EQUAL, ...BITS],
];
const behind = (bits: number, before: number): number[] => [
  ...[...get(bits), ...number(1), SHIFT_LEFT],
  ...[...get(before), OR],
];
const GO_ON = [...get(at), ...number(16), ADD, ...set(at)];

const SCAN = [
  ...BLOCK,
  ...LOOP,
  ...[...get(at), ...number(16), ADD, ...get(end), IS_MORE, ...branchIf(1)],
  ...[...get(at), ...LOAD, ...set(octets)],

  ...[...get(octets), ...number(CR + 1), ...SPLAT, ...IS_LESS, ...ANY_TRUE],
  ...[...get(crBefore), OR, ...get(lfBefore), OR, IS_ZERO],
  ...[...IF, ...GO_ON, ...branch(1), END],

  ...[...whichAre(LF), ...set(lf)],
  ...[...whichAre(CR), ...set(cr)],
  ...[...behind(cr, crBefore), ...number(0xffff), AND, ...get(lf), XOR],
  ...[...whichAre(NUL), OR],
  ...[...behind(lf, lfBefore), ...whichAre(DOT), AND, OR],
  ...branchIf(1),
  ...[...get(cr), ...number(15), SHIFT_RIGHT, ...set(crBefore)],
  ...[...get(lf), ...number(15), SHIFT_RIGHT, ...set(lfBefore)],
  ...GO_ON,
  ...branch(0),
  ...[END, END],
  ...[...get(at), ...get(crBefore), SUBTRACT],
  END,
];

/** A module with the function `scan(at, end, lfBefore)` over a memory that it is given. */
export function scanModule(): Uint8Array<ArrayBuffer> {
  const code = [...LOCALS, ...SCAN];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 3, I32, I32, I32, 1, I32]), // one type: three numbers in, one out
    ...section(2, [1, ...name('its'), ...name('memory'), 2, 0, 1]), // a memory of one page or more
    ...section(3, [1, 0]), // one function, of that type
    ...section(7, [1, ...name('scan'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

/** Numbers are written in groups of seven bits, the lowest first (LEB128). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Of one that is not negative. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
