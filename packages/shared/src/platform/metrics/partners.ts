/** What is counted of the heartbeat, and what is seen of partners. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Of one partner. */
export interface PartnerGauges {
  readonly node: string;
  readonly state: string;
  readonly load: { readonly value: number } | null;
}

export interface PartnerMetrics {
  /** A heartbeat between the gateways of the pair, and what became of it. */
  heartbeat(direction: 'sent' | 'received', result: string): void;
  /** What a partner was told, or told to our gain. */
  knowledge(direction: 'sent' | 'received', topic: string, items: number): void;
  watchPartners(read: () => readonly PartnerGauges[]): void;
}

export function partnerMetrics(registers: Registry[]): PartnerMetrics {
  const heartbeats = new Counter({
    name: 'mailpair_heartbeats_total',
    help: 'Heartbeats of the pair, by direction and what became of them',
    labelNames: ['direction', 'result'],
    registers,
  });
  const knowledge = new Counter({
    name: 'mailpair_knowledge_total',
    help: 'Recipients and the like told to partners, and learnt from them',
    labelNames: ['direction', 'topic'],
    registers,
  });
  return {
    heartbeat: (direction, result) => heartbeats.inc({ direction, result }),
    knowledge: (direction, topic, items) => knowledge.inc({ direction, topic }, items),
    watchPartners(read) {
      const perPartner = (name: string, help: string, value: (of: PartnerGauges) => number | null): void => {
        new Gauge({
          name: `mailpair_${name}`,
          help,
          labelNames: ['partner'],
          registers,
          collect() {
            this.reset();
            for (const partner of read()) {
              const now = value(partner);
              if (now !== null) this.set({ partner: partner.node }, now);
            }
          },
        });
      };
      perPartner('partner_up', '1 when the partner is alive', ({ state }) => Number(state === 'alive'));
      perPartner('partner_load', 'Load of the partner as it says', ({ load }) => load && load.value);
    },
  };
}
