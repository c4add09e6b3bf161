/** The DNS servers that this host asks (resolv.conf(5)). */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** Without a file, or a server in it, that is the one of this host. */
export function systemServers(file = '/etc/resolv.conf'): readonly string[] {
  const servers = textOf(file)
    .split('\n')
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? '')
    .filter((server) => isIP(server) !== 0);
  return servers.length > 0 ? servers : ['127.0.0.1'];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
