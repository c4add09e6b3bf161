/** What tests of the heartbeat need around a pair: a secret, short times, and what a gateway knows of its partner. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before } from 'mocha';
import type { PartnerView } from '@mailpair/shared/gateway/pair/partner-view';
import type { ConfigKeys, Pair } from './pair.ts';

export const newSecret = (): string => randomBytes(32).toString('base64');

export interface SecretFile {
  readonly path: string;
  /** The keys that make a pair exchange heartbeats, quickly. */
  readonly config: ConfigKeys;
  write(...secrets: readonly string[]): void;
}

/** For the tests of one file, gone after them. */
export function useSecret(...secrets: readonly string[]): SecretFile {
  const directory = join(tmpdir(), `mailpair-secret-${randomUUID()}`);
  const path = join(directory, 'pair.secret');
  const file: SecretFile = {
    path,
    config: { 'pair.secretFile': path, 'pair.interval': '100ms', 'pair.deadAfter': '1500ms' },
    write: (...lines) => writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 }),
  };
  before(() => {
    mkdirSync(directory, { mode: 0o700 });
    file.write(...(secrets.length > 0 ? secrets : [newSecret()]));
  });
  after(() => rmSync(directory, { recursive: true }));
  return file;
}

export type RoleName = 'inbound' | 'outbound';

/** What /healthz/details says. */
export interface Health {
  readonly ready: boolean;
  readonly load: { readonly value: number };
  readonly partners: readonly PartnerView[];
}

export const healthOf = (pair: Pair, role: RoleName): Promise<Health> =>
  pair.get(role, '/healthz/details') as Promise<Health>;

/** The first thing `read` gives that satisfies. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  satisfies: (seen: T) => boolean,
  withinMs = 40_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const seen = await read();
    if (satisfies(seen)) return seen;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(seen)}`);
    await pause(20);
  }
}

/** Resolves when the gateway's partner is as wanted. */
export async function untilPartner(
  pair: Pair,
  role: RoleName,
  satisfies: (partner: PartnerView) => boolean,
): Promise<PartnerView> {
  const health = await eventually(
    () => healthOf(pair, role),
    ({ partners: [partner] }) => partner !== undefined && satisfies(partner),
  );
  return health.partners[0]!;
}

/** Each hears the other, and is heard. */
export const untilBothAlive = (pair: Pair): Promise<PartnerView[]> =>
  Promise.all(
    (['inbound', 'outbound'] as const).map((role) =>
      untilPartner(pair, role, ({ state, fault }) => state === 'alive' && fault === null),
    ),
  );

/** A counter of /metrics, all label values together that `labels` allows: `{ result: 'replayed' }`. */
export async function metricOf(
  pair: Pair,
  role: RoleName,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const text = (await pair.get(role, '/metrics')) as string;
  return text
    .split('\n')
    .filter((line) => line.startsWith(`mailpair_${name}{`))
    .filter((line) => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
