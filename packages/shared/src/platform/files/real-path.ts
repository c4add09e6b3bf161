import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Where links lead; of what does not exist yet, where it would be made. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
