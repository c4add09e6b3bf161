/** What is counted of engines, and whether each server is asked. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Of one server of an engine. */
export interface EngineGauges {
  readonly engine: string;
  readonly server: string;
  readonly standing: string;
}

export interface EngineMetrics {
  /** An engine was asked about a message, and answered or failed. */
  engineAnswer(engine: string, server: string, result: string, ms: number): void;
  watchEngines(read: () => readonly EngineGauges[]): void;
}

export function engineMetrics(registers: Registry[]): EngineMetrics {
  const answers = new Counter({
    name: 'mailpair_engine_answers_total',
    help: 'Messages that a server of an engine was asked about, by result: answered or failed',
    labelNames: ['engine', 'server', 'result'],
    registers,
  });
  const seconds = new Counter({
    name: 'mailpair_engine_seconds_total',
    help: 'Time that these took, together',
    labelNames: ['engine', 'server'],
    registers,
  });
  return {
    engineAnswer(engine, server, result, ms) {
      answers.inc({ engine, server, result });
      seconds.inc({ engine, server }, ms / 1000);
    },
    watchEngines(read) {
      new Gauge({
        name: 'mailpair_engine_up',
        help: '1 while a server of an engine is asked, 0 while it is down',
        aggregator: 'min',
        labelNames: ['engine', 'server'],
        registers,
        collect() {
          this.reset();
          for (const { engine, server, standing } of read())
            this.set({ engine, server }, Number(standing === 'up'));
        },
      });
    },
  };
}
