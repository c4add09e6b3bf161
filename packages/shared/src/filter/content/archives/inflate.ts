/** Compressed data, all of it within bounds, or only where it begins. */
import { constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { ArchiveFault, Bomb, HEAD_BYTES, tooMuch, type Unpacking } from './archive.ts';

export type Compression = 'deflate' | 'zlib' | 'gzip' | 'zstd';

/** Compressed octets that are enough to see what a file is; deflate makes at most 1,032 of each. */
export const START_BYTES = 2_048;

interface Options {
  readonly maxOutputLength: number;
  readonly finishFlush?: number;
}

const inflate: Readonly<Record<Compression, (octets: Buffer, options: Options) => Buffer>> = {
  deflate: inflateRawSync,
  zlib: inflateSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

/**
 * @param statedBytes the size that the archive states
 * @throws ArchiveFault when it is damaged or too large
 */
export function inflated(
  octets: Buffer,
  by: Compression,
  unpacking: Unpacking,
  statedBytes = Infinity,
): Buffer {
  const room = Math.min(unpacking.roomBytes, statedBytes);
  const out = inflatedTo(octets, by, room);
  unpacking.took(out?.length ?? room);
  if (out) return out;
  if (room === statedBytes) throw new Bomb('it unpacks to more than the archive says');
  throw tooMuch(octets.length, room);
}

/** All of it, which is not counted: its files are, or it is unpacked again. @throws ArchiveFault when it is damaged or too large */
export function inflatedArchive(octets: Buffer, by: Compression, roomBytes: number): Buffer {
  const out = inflatedTo(octets, by, roomBytes);
  if (!out) throw tooMuch(octets.length, roomBytes);
  return out;
}

/** Undefined where it is more. */
function inflatedTo(octets: Buffer, by: Compression, most: number): Buffer | undefined {
  try {
    return inflate[by](octets, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
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
    // Other than deflate, zstd makes any number of octets of a few.
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return inflatedArchive(octets, by, unpacking.roomBytes).subarray(0, HEAD_BYTES);
    throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
  }
}
