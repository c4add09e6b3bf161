import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Settings } from '@mailpair/shared/config/settings';
import { describeFaults } from '../fault-table.ts';
import { inDirectory, minimal, readText } from '../reading.ts';

describeFaults(
  'the engines',
  `
    clamav: { servers: ["127.0.0.1:33100000"] }
    clamav.servers[0] | 127.0.0.1:33100000 | is not a host with a port | write "HOST:PORT"
    clamav: { servers: ["127.0.0.1:0"] }
    clamav.servers[0] | 127.0.0.1:0 | is not a host with a port | 127.0.0.1:3310
    clamav: { servers: ["2001:db8::5"] }
    clamav.servers[0] | 2001:db8::5 | is not a host with a port | in brackets
    clamav: { servers: ["unix:run/clamd.ctl"] }
    clamav.servers[0] | unix:run/clamd.ctl | has no absolute path | unix:/PATH
    clamav: { servers: ["mail_1:3310"] }
    clamav.servers[0] | mail_1:3310 | its host | write "HOST:PORT"
    clamav: { servers: [localhost, "localhost:3310"] }
    clamav.servers[1] | localhost:3310 | is clamav.servers[0] too | remove one
    clamav: { onFault: reject }
    clamav.onFault | reject | is not one of the known words | accept or defer
    clamav: { roles: [inbound] }
    clamav.roles[0] | inbound | is not one of the known words | mx or submission
    rspamd: { follow: symbols }
    rspamd.follow | symbols | is not one of the known words | action or score
  `,
);

const read = (text: string): Settings => {
  const { settings, faults } = readText(`${text}\n${minimal()}`);
  expect(faults).to.deep.equal([]);
  return settings!;
};
const warned = (text: string): string[] =>
  readText(`${text}\n${minimal()}`).warnings.map(({ path, problem }) => `${path} ${problem}`);

describe('the engines in the configuration', () => {
  it('are none unless told otherwise', () => {
    const { clamav, rspamd } = read('');
    expect(clamav).to.deep.include({
      servers: [],
      roles: ['mx', 'submission'],
      onFault: 'defer',
      virus: 'reject',
    });
    expect(rspamd).to.deep.include({ servers: [], roles: ['mx'], onFault: 'accept', follow: 'action' });
    expect(warned('')).to.deep.equal([]);
  });

  it('are named by host and port, by host alone, or by the path of a socket', () => {
    const { servers } = read(
      'clamav: { servers: ["[2001:DB8::5]:3311", scan.internal, "unix:/run/clamav/clamd.ctl", /run/other] }',
    ).clamav;
    expect(servers).to.deep.equal([
      { name: '[2001:db8::5]:3311', place: { host: '2001:db8::5', port: 3311 } },
      { name: 'scan.internal:3310', place: { host: 'scan.internal', port: 3310 } },
      { name: 'unix:/run/clamav/clamd.ctl', place: { path: '/run/clamav/clamd.ctl' } },
      { name: 'unix:/run/other', place: { path: '/run/other' } },
    ]);
    expect(read('rspamd: { servers: [127.0.0.1] }').rspamd.servers[0]?.name).to.equal('127.0.0.1:11333');
  });

  it('are warned of when messages are taken that they never see, or one alone uses up the time', () => {
    expect(warned('clamav: { servers: [localhost] }')).to.deep.equal([
      'clamav.maxSize is below smtp.maxMessage (50MB): messages between them are quarantined unscanned (clamav.tooBig)',
    ]);
    expect(warned('clamav: { servers: [localhost], maxSize: 50MB }')).to.deep.equal([]);
    expect(warned('rspamd: { servers: [localhost], timeout: 30s, roles: [] }')).to.deep.equal([
      'rspamd.roles is empty, so that no message is looked at',
      'rspamd.timeout is not below judge.messageBudget, so that no other server is asked when one is silent',
    ]);
  });

  it('the file of a password is looked at', () => {
    inDirectory((directory) => {
      const file = `${directory}/none`;
      const { faults, warnings } = readText(`rspamd: { passwordFile: ${file} }\n${minimal()}`);
      expect([...faults, ...warnings].map(({ path }) => path)).to.deep.equal(['rspamd.passwordFile']);
    });
  });
});
