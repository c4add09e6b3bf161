/** Debian's PowerDNS as a name server of a test, with its API: zones are in a file of SQLite. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Context } from 'mocha';
import { freePorts } from '../support/ports.ts';
import { skipBecause } from '../support/skip.ts';
import { openNameServer } from './name-server.ts';
import type { NameServer } from './name-server.ts';
import { needProgram, pathOf } from './programs.ts';

const schema = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';
const apiKey = 'of-the-tests';

export interface PowerDns extends NameServer {
  /** Calls the API; the path begins after /api/v1/servers/localhost. */
  call(method: string, path: string, body?: string): Promise<Response>;
}

/** Skips the running test, or its suite, where PowerDNS or its SQLite backend is missing. */
export function needPowerDns(context: Context): void {
  needProgram(context, 'pdns_server');
  try {
    readFileSync(schema);
  } catch {
    skipBecause(
      context,
      'the SQLite backend of PowerDNS is missing; install it with: apt-get install pdns-backend-sqlite3',
    );
  }
}

export async function openPowerDns(): Promise<PowerDns> {
  const [apiPort] = (await freePorts(1)) as [number];
  const server = await openNameServer(
    {
      name: 'pdns_server',
      command: (directory) => [pathOf('pdns_server') ?? '', `--config-dir=${directory}`],
      serves: /Creating backend connection|Done launching threads|ready to distribute questions/,
      files: (directory, port) => {
        const database = new DatabaseSync(join(directory, 'pdns.sqlite3'));
        database.exec(readFileSync(schema, 'utf8'));
        database.close();
        return {
          'pdns.conf': [
            'launch=gsqlite3',
            `gsqlite3-database=${directory}/pdns.sqlite3`,
            'local-address=127.0.0.1',
            `local-port=${port}`,
            `socket-dir=${directory}`,
            'cache-ttl=0',
            'query-cache-ttl=0',
            'api=yes',
            `api-key=${apiKey}`,
            'webserver=yes',
            'webserver-address=127.0.0.1',
            `webserver-port=${apiPort}`,
            'webserver-allow-from=127.0.0.1',
            '',
          ].join('\n'),
        };
      },
    },
    { zones: [] },
  );
  const base = `http://127.0.0.1:${apiPort}/api/v1/servers/localhost`;
  return {
    ...server,
    call: (method, path, body) =>
      fetch(base + path, { method, headers: { 'X-API-Key': apiKey }, ...(body !== undefined && { body }) }),
  };
}
