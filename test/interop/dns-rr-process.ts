/** `mailpair balancer dns-rr` as a process of its own, its JSON lines read one by one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../support/checkout.ts';

export interface News {
  readonly event: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

export interface DnsRrProcess {
  readonly news: readonly News[];
  /** The first line from the `from`-th on that satisfies. */
  until(satisfies: (news: News) => boolean, from?: number): Promise<News>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const UNTIL_MS = 30_000;

export function startDnsRr(configFile: string, ...args: readonly string[]): DnsRrProcess {
  const main = join(checkout, 'packages/mailpair/src/main.ts');
  const child = spawn(
    process.execPath,
    [main, 'balancer', 'dns-rr', '--json', '--config', configFile, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const news: News[] = [];
  const watchers = new Set<() => void>();
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  createInterface({ input: child.stdout }).on('line', (line) => {
    news.push(JSON.parse(line) as News);
    for (const watch of watchers) watch();
  });

  return {
    news,
    async until(satisfies, from = 0) {
      const { promise, resolve, reject } = Promise.withResolvers<News>();
      let seen = from;
      const look = (): void => {
        for (; seen < news.length; seen += 1) if (satisfies(news[seen]!)) return resolve(news[seen]!);
      };
      const fail = (what: string): void =>
        reject(
          new Error(`${what}; it told:\n${news.map((line) => JSON.stringify(line)).join('\n')}\n${said}`),
        );
      const timer = setTimeout(() => fail(`not told within ${UNTIL_MS} ms`), UNTIL_MS);
      void ended.then((code) => fail(`it ended with status ${code}`));
      watchers.add(look);
      look();
      return promise.finally(() => {
        clearTimeout(timer);
        watchers.delete(look);
      });
    },
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
}
