/** Sizes of messages and their shares, and what a message of a mix costs. Pure. */
import { parseSize } from '../../config/schema/units.ts';
import type { RoleMeasure } from './measured.ts';

export interface SizeShare {
  readonly sizeBytes: number;
  readonly share: number;
}

/** Shares add up to 1. */
export type SizeMix = readonly SizeShare[];

const MEGABYTE = 1024 ** 2;

export const USUAL_MIX_TEXT = '4KB=70,40KB=20,300KB=8,3MB=2';

/** `4KB=70,40KB=20`. @throws saying what is wrong */
export function parseMix(text: string): SizeMix {
  const parts = text.split(',').map((item) => {
    const [size = '', share = ''] = item.trim().split('=');
    const sizeBytes = parseSize(size);
    if (sizeBytes === undefined || sizeBytes === 0 || !/^\d+(\.\d+)?$/.test(share))
      throw new Error(`sizes are like ${USUAL_MIX_TEXT}; ${item.trim()} is not`);
    return { sizeBytes, share: Number(share) };
  });
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  if (total === 0) throw new Error(`sizes are like ${USUAL_MIX_TEXT}; all shares of ${text} are 0`);
  return parts.map(({ sizeBytes, share }) => ({ sizeBytes, share: share / total }));
}

export const USUAL_MIX: SizeMix = parseMix(USUAL_MIX_TEXT);

export const meanBytes = (mix: SizeMix): number =>
  mix.reduce((sum, { sizeBytes, share }) => sum + share * sizeBytes, 0);

/** CPU seconds of a message of the mix: they grow with its octets in a straight line. */
export const costOf = (
  { secondsFixed, secondsPerMegabyte }: Pick<RoleMeasure, 'secondsFixed' | 'secondsPerMegabyte'>,
  mix: SizeMix,
): number => secondsFixed + (secondsPerMegabyte * meanBytes(mix)) / MEGABYTE;

/** What a message of one size cost. */
export interface SizeCost {
  readonly sizeBytes: number;
  readonly seconds: number;
}

/** The line through what the smallest and the largest size cost. A larger message never costs less. */
export function fitCost(costs: readonly SizeCost[], mix: SizeMix): Omit<RoleMeasure, 'memoryBytes'> {
  const sorted = costs.toSorted((a, b) => a.sizeBytes - b.sizeBytes);
  const [small, large] = [sorted[0]!, sorted.at(-1)!];
  const perByte =
    large.sizeBytes === small.sizeBytes
      ? 0
      : Math.max(0, (large.seconds - small.seconds) / (large.sizeBytes - small.sizeBytes));
  const line = {
    secondsFixed: Math.max(0, small.seconds - perByte * small.sizeBytes),
    secondsPerMegabyte: perByte * MEGABYTE,
  };
  return { ...line, secondsPerMessage: costOf(line, mix) };
}
