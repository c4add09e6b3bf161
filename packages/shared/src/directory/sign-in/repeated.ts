/**
 * Wrong passwords that a client tried again: a device with an old password goes on with it for days. It learns nothing by
 * that and is no guesser, so it is answered at once and not counted. Kept are keyed digests, the key in memory alone; bounded,
 * those not heard of for the longest are forgotten.
 */
import { createHmac, randomBytes } from 'node:crypto';

const MOST = 10_000;

export class RepeatedPasswords {
  readonly #key = randomBytes(32);
  /** Two generations, of which the older is let go as a whole. */
  #recent = new Set<string>();
  #before = new Set<string>();

  has(client: string, user: string, password: string): boolean {
    const digest = this.#digest(client, user, password);
    if (!this.#recent.has(digest) && !this.#before.has(digest)) return false;
    this.#keep(digest);
    return true;
  }

  add(client: string, user: string, password: string): void {
    this.#keep(this.#digest(client, user, password));
  }

  #keep(digest: string): void {
    this.#recent.add(digest);
    if (this.#recent.size <= MOST / 2) return;
    this.#before = this.#recent;
    this.#recent = new Set();
  }

  #digest(client: string, user: string, password: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([client, user, password]))
      .digest('base64');
  }
}
