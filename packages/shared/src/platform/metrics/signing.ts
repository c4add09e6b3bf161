/** What is counted of signing, and how the keys of DKIM stand. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { byWord } from './by-word.ts';

/** Of one key that signs. */
export interface KeyGauges {
  readonly domain: string;
  readonly selector: string;
  readonly isShown: boolean;
}

/** Of one domain that is signed for. */
export interface SigningGauges {
  readonly domain: string;
  readonly standing: string;
}

export interface SigningMetrics {
  /** A message that we might sign: signed, unsigned because nothing asks for it, or a fault. */
  signed(result: 'signed' | 'unsigned' | 'fault'): void;
  watchSigning(read: () => readonly SigningGauges[]): void;
  watchKeys(read: () => readonly KeyGauges[]): void;
}

export function signingMetrics(registers: Registry[]): SigningMetrics {
  const results = new Counter({
    name: 'mailpair_dkim_messages_total',
    help: 'Messages of submitters and our own by what came of signing: signed, unsigned as nothing asks for it, fault',
    labelNames: ['result'],
    registers,
  });
  const bound = byWord((result: string) => {
    const child = results.labels({ result });
    return () => child.inc();
  });
  return {
    signed: bound,
    watchSigning(read) {
      new Gauge({
        name: 'mailpair_dkim_domain_up',
        help: '1 while all active DKIM keys of a domain sign, 0 while one cannot be used; absent without active keys',
        aggregator: 'min',
        labelNames: ['domain'],
        registers,
        collect() {
          this.reset();
          for (const { domain, standing } of read())
            if (standing !== 'waiting') this.set({ domain }, Number(standing === 'active'));
        },
      });
    },
    watchKeys(read) {
      new Gauge({
        name: 'mailpair_dkim_key_shown',
        help: '1 while DNS shows a DKIM key that signs, 0 while it does not or shows another; absent while not known',
        aggregator: 'min',
        labelNames: ['domain', 'selector'],
        registers,
        collect() {
          this.reset();
          for (const { domain, selector, isShown } of read()) this.set({ domain, selector }, Number(isShown));
        },
      });
    },
  };
}
