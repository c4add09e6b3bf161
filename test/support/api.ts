/** Asks the API of a gateway of a pair as the `mailpair` command does: with the token of its spool. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from './pair.ts';

export async function askApi(
  { configFile, directory }: Pair,
  role: 'inbound' | 'outbound',
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as Record<string, { http: string }>;
  const token = readFileSync(join(directory, role, 'api-token'), 'utf8').trim();
  const response = await fetch(`http://${config[role]!.http}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
}
