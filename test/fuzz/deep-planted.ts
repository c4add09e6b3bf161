/** A fault behind four conditions, which chance meets one by one, and not all at once. */
import { Breach } from './target.ts';

export function readDeep(input: Buffer): void {
  if (input[0] !== 0x4d) return;
  note();
  if (input[1] !== 0x50) return;
  note();
  if (input[2] !== 0x4a) return;
  note();
  if (input[3] === 0x31) throw new Breach('the deepest place is reached');
}

let count = 0;
const note = (): void => void (count += 1);
