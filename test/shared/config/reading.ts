/** Reads a configuration given as text, from a file that is gone afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import type { ConfigReading, ConfigSource } from '@mailpair/shared/config/read/read-config';

/** What every configuration must have, without the names given. */
export function minimal(...without: readonly string[]): string {
  const lines = {
    domains: 'domains: [example.com]',
    inbound: 'inbound: { host: mx-in.example.com }',
    outbound: 'outbound: { host: mx-out.example.com, trusted: [10.0.0.0/24] }',
    localServers: 'localServers: ["mail.internal:25"]',
  };
  return Object.entries(lines)
    .filter(([name]) => !without.includes(name))
    .map(([, line]) => `${line}\n`)
    .join('');
}

export function readText(text: string, source: Partial<ConfigSource> = {}): ConfigReading {
  return inDirectory((directory) => {
    const file = join(directory, 'mailpair.yaml');
    writeFileSync(file, text);
    return readConfig({ file, env: {}, sets: [], ...source });
  });
}

/** Calls with the path of a fresh directory and removes it. */
export function inDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'mailpair-config-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
