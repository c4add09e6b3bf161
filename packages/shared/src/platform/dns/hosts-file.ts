/** The hosts file (hosts(5)): names that are known on this host without DNS. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** Lower-case name → its addresses in the order of the file. */
export type HostsFile = ReadonlyMap<string, readonly string[]>;

/** Lines that make no sense are passed over, as every other reader of the file does. */
export function parseHostsFile(text: string): HostsFile {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!isIP(address)) continue;
    for (const name of names.map((each) => each.toLowerCase())) {
      const addresses = hosts.get(name);
      if (addresses) addresses.push(address);
      else hosts.set(name, [address]);
    }
  }
  return hosts;
}

/** The file as it is now; empty when it cannot be read. */
export async function readHostsFile(path: string): Promise<HostsFile> {
  return parseHostsFile(await readFile(path, 'utf8').catch(() => ''));
}
