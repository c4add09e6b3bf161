/** A tarpit in which nobody waits; it knows how long they would. */
import { Tarpit } from '@mailpair/shared/smtp/server/tarpit';

export class NoTarpit extends Tarpit {
  readonly delays: number[] = [];
  /** From now on they wait until they are released. */
  isHolding = false;

  override hold(session: object, ms: number): Promise<void> {
    this.delays.push(ms);
    return this.isHolding ? super.hold(session, 60_000) : Promise.resolve();
  }
}
