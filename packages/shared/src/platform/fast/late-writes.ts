/**
 * What is written to sockets leaves when the events that came together have been worked off, one socket after another,
 * rather than between them. A peer that sleeps is woken once for many replies then, not for each: a quarter of what the
 * kernel does for a relayed message. Nobody waits for it who has the loop to himself.
 */
export interface LateWriter {
  /** Sends what waits; nothing may. Never throws. */
  sendNow(): void;
}

/** So many wait at most: who wrote first is not held up by a crowd. */
const MOST = 64;
const waiting: LateWriter[] = [];

/** `sendNow` is called at the end of this turn of the event loop, or before; never by this call itself. */
export function sendLater(writer: LateWriter): void {
  if (waiting.length >= MOST) sendAll();
  if (waiting.push(writer) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  for (const writer of waiting.splice(0)) writer.sendNow();
}
