/** Debian's Knot as a name server of a test. `config` is knot.conf, that of a zone follows its `domain`, indented. */
import type { Context } from 'mocha';
import { openNameServer, zoneFileOf, zoneText } from './name-server.ts';
import type { NameServer, NameServerOptions, NameServerProgram } from './name-server.ts';
import { needProgram, pathOf } from './programs.ts';

const knot: NameServerProgram = {
  name: 'knotd',
  command: (directory) => [pathOf('knotd') ?? 'knotd', '-c', `${directory}/knot.conf`],
  serves: /server started/,
  files: (directory, port, { zones, config = '' }) => ({
    'knot.conf': `
server:
    rundir: "${directory}"
    listen: 127.0.0.1@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    automatic-acl: off
log:
  - target: stderr
    any: info
database:
    storage: "${directory}"
${config}
template:
  - id: default
    storage: "${directory}"
zone:
${zones.map((zone) => `  - domain: ${zone.name}\n    file: ${zoneFileOf(zone)}\n${zone.config ?? ''}`).join('\n')}
`,
    ...Object.fromEntries(zones.map((zone) => [zoneFileOf(zone), zoneText(zone)])),
  }),
};

/** Skips the running test, or its suite, where there is no Knot. */
export const needKnot = (context: Context): string => needProgram(context, 'knotd');

export const openKnot = (options: NameServerOptions): Promise<NameServer> => openNameServer(knot, options);
