/** Debian's BIND as a name server of a test. `config` is named.conf, that of a zone stands inside its braces. */
import type { Context } from 'mocha';
import { openNameServer, zoneFileOf, zoneText } from './name-server.ts';
import type { NameServer, NameServerOptions, NameServerProgram } from './name-server.ts';
import { needProgram, pathOf } from './programs.ts';

const bind: NameServerProgram = {
  name: 'named',
  command: (directory) => [pathOf('named') ?? 'named', '-g', '-c', `${directory}/named.conf`],
  serves: / running$/m,
  files: (directory, port, { zones, config = '' }) => ({
    'named.conf': `
options {
    directory "${directory}";
    pid-file "${directory}/named.pid";
    session-keyfile "${directory}/session.key";
    listen-on port ${port} { 127.0.0.1; };
    listen-on-v6 { none; };
    recursion no;
    dnssec-validation no;
    notify no;
};
controls { };
${config}
${zones.map((zone) => `zone "${zone.name}" { type primary; file "${zoneFileOf(zone)}"; ${zone.config ?? ''} };`).join('\n')}
`,
    ...Object.fromEntries(zones.map((zone) => [zoneFileOf(zone), zoneText(zone)])),
  }),
};

/** Skips the running test, or its suite, where there is no BIND. */
export const needBind = (context: Context): string => needProgram(context, 'named');

export const openBind = (options: NameServerOptions): Promise<NameServer> => openNameServer(bind, options);
