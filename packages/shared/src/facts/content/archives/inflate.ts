/** Compressed data, all of it within bounds, or only where it begins. */
import { constants, gunzipSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { ArchiveFault, Bomb, tooMuch, type Unpacking } from './archive.ts';

export type Compression = 'deflate' | 'gzip' | 'zstd';

/** Compressed octets that are enough to see what a file is; deflate makes at most 1,032 of each. */
export const START_BYTES = 2_048;

interface Options {
  readonly maxOutputLength: number;
  readonly finishFlush?: number;
}

const inflate: Readonly<Record<Compression, (octets: Buffer, options: Options) => Buffer>> = {
  deflate: inflateRawSync,
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
  try {
    const out = inflate[by](octets, { maxOutputLength: Math.max(1, room) });
    unpacking.took(out.length);
    return out;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
    unpacking.took(room);
    if (room === statedBytes) throw new Bomb('it unpacks to more than the archive says');
    throw tooMuch(octets.length, room);
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
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooMuch(start.length, Infinity);
    throw new ArchiveFault(`it is damaged: ${(error as Error).message}`);
  }
}
