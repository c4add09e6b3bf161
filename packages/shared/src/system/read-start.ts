/** The first octets of a body, wherever it lies. */
import { open } from 'node:fs/promises';
import type { Body } from '../values/body.ts';

/** @returns the first `maxBytes` octets, or all there are */
export async function readStart(body: Body, maxBytes: number): Promise<Buffer> {
  if (body.path === undefined) return Buffer.concat(body.chunks ?? []).subarray(0, maxBytes);
  const file = await open(body.path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(maxBytes, body.sizeBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
