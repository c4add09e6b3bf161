/** Compressed data, all of it within bounds, or only where it begins. */
import { constants, gunzipSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { ArchiveFault, Bomb, TooLarge, type Unpacking } from './archive.ts';

export type Compression = 'deflate' | 'gzip' | 'zstd';

/** Compressed octets that are enough to see what a file is; deflate makes at most 1,032 of each. */
const START_BYTES = 2_048;
/** A file that grows by more than this is made to. Deflate alone reaches it with nothing but one octet repeated. */
const BOMB_RATIO = 500;
/** … unless it stays small. */
const BOMB_BYTES = 20 * 1024 * 1024;

interface Options {
  readonly maxOutputLength: number;
  readonly finishFlush?: number;
}

const MADE = 'it is made to unpack to more than anybody has room for';

const inflate: Readonly<Record<Compression, (octets: Buffer, options: Options) => Buffer>> = {
  deflate: inflateRawSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

/** @throws ArchiveFault when it is damaged or too large */
export function inflated(octets: Buffer, by: Compression, unpacking: Unpacking): Buffer {
  try {
    const out = inflate[by](octets, { maxOutputLength: Math.max(1, unpacking.roomBytes) });
    unpacking.took(out.length);
    return out;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
    const room = unpacking.roomBytes;
    unpacking.took(room);
    if (isBomb(octets.length, room)) throw new Bomb(MADE);
    throw new TooLarge('it unpacks to more than attachments.unpack allows');
  }
}

/** @throws ArchiveFault when it is damaged */
export function inflatedStart(octets: Buffer, by: Compression, unpacking: Unpacking): Buffer {
  const start = octets.subarray(0, START_BYTES);
  try {
    const out = inflate[by](start, {
      finishFlush: by === 'zstd' ? constants.ZSTD_e_flush : constants.Z_SYNC_FLUSH,
      maxOutputLength: 2 * 1_032 * START_BYTES,
    });
    unpacking.took(out.length);
    return out;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Bomb(MADE);
    throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
  }
}

export const isBomb = (packedBytes: number, bytes: number): boolean =>
  bytes > BOMB_BYTES && bytes > packedBytes * BOMB_RATIO;
