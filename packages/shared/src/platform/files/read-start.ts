/** The first octets of a body, wherever it lies. */
import type { Body } from '../values/body.ts';
import { openRegular } from './regular-file.ts';

/** @returns the first `maxBytes` octets, or all there are */
export async function readStart(body: Body, maxBytes: number): Promise<Buffer> {
  if (body.path === undefined) return startOf(body.chunks ?? [], maxBytes);
  const file = await openRegular(body.path);
  try {
    const buffer = Buffer.alloc(Math.min(maxBytes, body.sizeBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first octets of those in memory, of which no more are copied than that. */
export function startOf(chunks: readonly Buffer[], maxBytes: number): Buffer {
  const [first = Buffer.alloc(0)] = chunks;
  if (chunks.length < 2 || first.length >= maxBytes) return first.subarray(0, maxBytes);
  let length = 0;
  const end = chunks.findIndex((chunk) => (length += chunk.length) >= maxBytes);
  return Buffer.concat(end < 0 ? chunks : chunks.slice(0, end + 1)).subarray(0, maxBytes);
}
