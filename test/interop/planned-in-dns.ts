/** Asks a name server for what a plan has, and compares. */
import type { RecordSet } from '@mailpair/planner/plan';
import { queryDns } from '@mailpair/shared/platform/dns/dns-query';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { expect } from 'chai';

/** The values that a server has for a name and type, in a fixed order. */
export async function valuesSaid(
  server: HostPort,
  name: string,
  type: RecordSet['type'],
): Promise<unknown[]> {
  return (await ask(server, name, type)).map(({ value }) => value).sort(byText);
}

/** Fails unless the server has this set, whole and nothing besides, with its time to live. */
export async function expectPlanned(server: HostPort, set: RecordSet): Promise<void> {
  const said = await ask(server, set.name, set.type);
  const place = `${set.name} ${set.type}`;
  expect(said.map(({ value }) => value).sort(byText), place).to.deep.equal([...set.values].sort(byText));
  for (const { ttl } of said) expect(ttl, place).to.equal(set.ttl);
}

async function ask(server: HostPort, name: string, type: RecordSet['type']) {
  const { records } = await queryDns(server, { name, type }, { timeoutMs: 5000, recursion: false });
  return records
    .filter((record) => record.type === type)
    .map(({ ttl, value }) => ({ ttl, value: type === 'CAA' ? withoutExtras(value as object) : value }));
}

/** The decoder adds what it makes of the flags. */
function withoutExtras(value: object): object {
  const { flags, tag, value: issuer } = value as { flags: number; tag: string; value: string };
  return { flags, tag, value: issuer };
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
