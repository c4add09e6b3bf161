/** What is seen of the servers that a gateway needs: the local servers, and DNS. Times are those of the last event. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Times in ms since the epoch; absent before the first. */
export interface Seen {
  readonly answeredAt?: number;
  readonly failedAt?: number;
}

export interface LocalServerSeen extends Seen {
  readonly host: string;
  readonly port: number;
}

export interface NeededServerMetrics {
  /** A local server refused this gateway. */
  localServerRefused(server: string): void;
  watchServers(localServers: () => readonly LocalServerSeen[], dns: () => Seen): void;
}

export function neededServerMetrics(registers: Registry[]): NeededServerMetrics {
  const refusals = new Counter({
    name: 'mailpair_local_server_refusals_total',
    help: 'How often a local server refused this gateway itself, not a mailbox or a message',
    labelNames: ['server'],
    registers,
  });
  return {
    localServerRefused: (server) => refusals.inc({ server }),
    watchServers(localServers, dns) {
      for (const [event, key] of [
        ['answered', 'answeredAt'],
        ['failed', 'failedAt'],
      ] as const) {
        new Gauge({
          name: `mailpair_local_server_${event}_timestamp_seconds`,
          help: `When an attempt at a local server last ${event}; 0 before the first`,
          aggregator: 'max',
          labelNames: ['server'],
          registers,
          collect() {
            this.reset();
            for (const { host, port, [key]: at = 0 } of localServers())
              this.set({ server: `${host}:${port}` }, at / 1000);
          },
        });
        new Gauge({
          name: `mailpair_dns_${event}_timestamp_seconds`,
          help: `When DNS last ${event}, all its servers together; 0 before the first`,
          aggregator: 'max',
          registers,
          collect() {
            this.set((dns()[key] ?? 0) / 1000);
          },
        });
      }
    },
  };
}
