/**
 * Sends header fields, body and final dot (RFC 5321 §4.1.1.4).
 *
 * The dot is never sent after a body that is not complete: a file that cannot be read or has another length than its
 * message throws BodyFault before it, and the session must be dropped. A body in memory leaves in one write together
 * with the dot, a large one in a few; a file is read as the network takes it.
 */
import { pages } from '../../platform/memory/block-pool.ts';
import { openRegular } from '../../platform/files/regular-file.ts';
import { cut, cutOf } from '../../platform/memory/slabs.ts';
import { DotStuffing, endBehind } from '../../platform/fast/dot-stuffing.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Outgoing } from './outgoing.ts';
import type { Wire } from './wire.ts';

/** The message could not be read here; the next hop has no part in it. */
export class BodyFault extends Error {
  override name = 'BodyFault';
}

/** What is cheaper to copy than to hand over piece by piece. */
const SMALL_BYTES = 16_384;
/** Of a message in memory so much is written together, before the network is waited for. */
const TOGETHER_BYTES = 524_288;

const DOT_AT_LINE_START = /^\.|\n\./;

/**
 * Gives whether all of it was sent; false when the host spoke before the dot.
 * @throws BodyFault, WireFault
 */
export function sendMessage(
  wire: Wire,
  { head, body }: Outgoing,
  stretchMs: number,
): boolean | Promise<boolean> {
  const { chunks, path, sizeBytes } = body;
  if (!chunks) {
    if (path === undefined) throw new BodyFault('the message has neither chunks nor a file');
    return sendFile(wire, head, path, body, stretchMs);
  }
  expectWhole(body);
  if (isSmallAndPlain(head, body)) {
    wire.write(inOnePiece(head, chunks, sizeBytes));
    return true;
  }
  const pieces = stuffed(head, chunks, body);
  if (sizeBytes > TOGETHER_BYTES) return sendInStretches(wire, pieces, body, stretchMs);
  writeTogether(wire, [...pieces], body);
  return true;
}

/** Commands, and a message in memory as one chunk behind them, the last one (RFC 3030). It is to be whole. */
export function writeChunk(
  wire: Wire,
  commands: string,
  { head, body }: Pick<Outgoing, 'head' | 'body'>,
): void {
  const { chunks = [], sizeBytes } = body;
  const start = Buffer.from(`${commands}BDAT ${Buffer.byteLength(head) + sizeBytes} LAST\r\n${head}`);
  writeTogether(wire, [start, ...chunks], body);
}

/** @throws BodyFault where some of a message in memory is missing */
export function expectWhole({ chunks = [], sizeBytes }: Body): void {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length !== sizeBytes) throw new BodyFault(`the message has ${length} octets instead of ${sizeBytes}`);
}

/** A body in memory that is used again is held until the network has it: also when this session ends before. */
function writeTogether(wire: Wire, pieces: readonly Buffer[], { sizeBytes, loan }: Body): void {
  if (sizeBytes <= SMALL_BYTES) return void wire.write(cutOf(pieces));
  loan?.hold();
  const last = pieces.length - 1;
  pieces.forEach((piece, index) => wire.write(piece, index === last ? loan?.letGo : undefined));
}

/** It needs no stuffing, and what ends it is seen from its last chunk. */
const isSmallAndPlain = (head: string, { chunks, sizeBytes, isTransparent = false }: Body): boolean =>
  isTransparent &&
  sizeBytes <= SMALL_BYTES &&
  (chunks?.at(-1)?.length ?? 0) > 1 &&
  !DOT_AT_LINE_START.test(head);

/** Such a message, copied once. */
function inOnePiece(head: string, chunks: readonly Buffer[], sizeBytes: number): Buffer {
  const end = endBehind(chunks.at(-1)!);
  let at = Buffer.byteLength(head);
  const octets = cut(at + sizeBytes + end.length);
  octets.write(head);
  for (const chunk of chunks) {
    octets.set(chunk, at);
    at += chunk.length;
  }
  octets.set(end, at);
  return octets;
}

/** The message as it goes over the wire, with its end. */
function* stuffed(head: string, chunks: readonly Buffer[], { isTransparent }: Body): Iterable<Buffer> {
  const stuffing = new DotStuffing();
  yield stuffing.add(Buffer.from(head));
  for (const chunk of chunks) yield isTransparent ? stuffing.pass(chunk) : stuffing.add(chunk);
  yield stuffing.end();
}

async function sendInStretches(
  wire: Wire,
  pieces: Iterable<Buffer>,
  body: Body,
  stretchMs: number,
): Promise<boolean> {
  let stretch: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (length > TOGETHER_BYTES) {
      writeTogether(wire, stretch, body);
      await wire.drained(stretchMs);
      if (wire.spoken) return false;
      stretch = [];
      length = 0;
    }
    stretch.push(piece);
    length += piece.length;
  }
  writeTogether(wire, stretch, body);
  return true;
}

async function sendFile(
  wire: Wire,
  head: string,
  path: string,
  { sizeBytes, isTransparent }: Body,
  stretchMs: number,
): Promise<boolean> {
  const stuffing = new DotStuffing();
  let length = 0;
  let data = stuffing.add(Buffer.from(head));
  /** Gives back the page that `data` lies in. */
  let left: (() => void) | undefined;
  try {
    for await (const { octets, giveBack } of readFile(path)) {
      length += octets.length;
      wire.write(data, left);
      left = giveBack;
      await wire.drained(stretchMs);
      if (wire.spoken) return false;
      data = isTransparent ? stuffing.pass(octets) : stuffing.add(octets);
    }
    if (length !== sizeBytes) throw new BodyFault(`${path} has ${length} octets instead of ${sizeBytes}`);
    wire.write(data, left);
    left = undefined;
    wire.write(stuffing.end());
    return true;
  } finally {
    left?.();
  }
}

interface Page {
  readonly octets: Buffer;
  /** To be called once, when nobody reads it any more. */
  readonly giveBack: () => void;
}

async function* readFile(path: string): AsyncGenerator<Page> {
  try {
    await using file = await openRegular(path);
    for (;;) {
      const page = pages.take();
      const giveBack = (): void => pages.giveBack([page]);
      let bytesRead = 0;
      try {
        ({ bytesRead } = await file.read({ buffer: page }));
      } finally {
        if (bytesRead === 0) giveBack();
      }
      if (bytesRead === 0) return;
      yield { octets: page.subarray(0, bytesRead), giveBack };
    }
  } catch (error) {
    throw new BodyFault(`${path} cannot be read (${(error as Error).message})`);
  }
}
