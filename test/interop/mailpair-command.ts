/** The `mailpair` command of this checkout, run to its end. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '../support/checkout.ts';

/** What it printed. @throws with what it said when it exits other than 0 */
export function runMailpair(...words: readonly string[]): string {
  const main = join(checkout, 'packages/mailpair/src/main.ts');
  return execFileSync(process.execPath, [main, ...words], { encoding: 'utf8', stdio: 'pipe' });
}
