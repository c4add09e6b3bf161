/** The octets of a message in order, from memory or from its file, never copied into one piece. */
import { octetsIn } from '../../platform/files/regular-file.ts';
import type { Body } from '../../platform/values/body.ts';

export const octetsOf = ({ path, chunks }: Body): AsyncIterable<Buffer> | Iterable<Buffer> =>
  path === undefined ? (chunks ?? []) : octetsIn(path);
