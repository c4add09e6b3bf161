/** What is counted of lists in DNS, and whether each is asked. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** Of one list in DNS. */
export interface ListGauges {
  readonly name: string;
  readonly standing: string;
}

export interface ListMetrics {
  /** A list in DNS was asked, and what came of it. */
  listAnswer(list: string, result: string): void;
  watchLists(read: () => readonly ListGauges[]): void;
}

export function listMetrics(registers: Registry[]): ListMetrics {
  const answers = new Counter({
    name: 'mailpair_list_answers_total',
    help: 'Answers of lists in DNS, by list: listed, clear, silent, or off while it is switched off',
    labelNames: ['list', 'result'],
    registers,
  });
  return {
    listAnswer: (list, result) => answers.inc({ list, result }),
    watchLists(read) {
      new Gauge({
        name: 'mailpair_list_up',
        help: '1 while a list in DNS is asked, 0 while it is switched off, silent or not yet tested',
        aggregator: 'min',
        labelNames: ['list'],
        registers,
        collect() {
          this.reset();
          for (const { name, standing } of read()) this.set({ list: name }, Number(standing === 'sound'));
        },
      });
    },
  };
}
