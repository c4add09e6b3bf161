/** What is counted of sign-ins, and how many passwords are being hashed. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** What became of a sign-in. */
export type SignInOutcome =
  | 'succeeded'
  | 'wrong'
  | 'repeated'
  | 'foreign-identity'
  | 'network-refused'
  | 'account-refused'
  | 'busy'
  | 'gone'
  | 'fault';

export interface SignInMetrics {
  signIn(mechanism: 'PLAIN' | 'LOGIN', result: SignInOutcome): void;
  watchHashes(
    read: () => { readonly running: number; readonly most: number; readonly waiting: number },
  ): void;
}

export function signInMetrics(registers: Registry[]): SignInMetrics {
  const signIns = new Counter({
    name: 'mailpair_sign_ins_total',
    help: 'Sign-ins of submitters, by what became of them',
    labelNames: ['mechanism', 'result'],
    registers,
  });
  return {
    signIn: (mechanism, result) => signIns.inc({ mechanism: mechanism.toLowerCase(), result }),
    watchHashes(read) {
      const gauge = (name: string, help: string, of: () => number): void => {
        new Gauge({
          name: `mailpair_password_hashes${name}`,
          help,
          registers,
          aggregator: 'sum',
          collect() {
            this.set(of());
          },
        });
      };
      gauge('', 'Passwords that are being hashed', () => read().running);
      gauge('_most', 'The most that were hashed at the same time since the start', () => read().most);
      gauge('_waiting', 'Passwords that wait to be hashed', () => read().waiting);
    },
  };
}
