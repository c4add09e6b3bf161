/** What `dns plan --format nsupdate` prints is put into a real BIND and a real Knot by nsupdate, and they say it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formats } from '@mailpair/planner/formats/formats';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { fullPlan } from '../planner/full-plan.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';
import { needBind, openBind } from './bind-instance.ts';
import { needKnot, openKnot } from './knot-instance.ts';
import type { NameServer, Zone } from './name-server.ts';
import { expectPlanned, valuesSaid } from './planned-in-dns.ts';
import { needProgram, pathOf } from './programs.ts';

const plan = fullPlan();
const secret = Buffer.from('a secret of the tests, long enough').toString('base64');
const tsigKey = `key "mailpair" { algorithm hmac-sha256; secret "${secret}"; };\n`;

/** What the zones hold before: an old provider's records, an alias in the way, a text that nobody named. */
const zones = (config: string): Zone[] =>
  plan.zones.map(({ zone }) => ({
    name: zone,
    config,
    records: [
      `${zone}. 600 IN MX 5 mx.old-provider.example.`,
      `${zone}. 600 IN TXT "v=spf1 include:old-provider.example -all"`,
      `mta-sts.${zone}. 600 IN A 192.0.2.99`,
      `mx-in.${zone}. 600 IN CNAME host.old-provider.example.`,
      `www.${zone}. 600 IN A 192.0.2.98`,
    ].join('\n'),
  }));

const servers = {
  BIND: {
    need: needBind,
    open: () => openBind({ zones: zones('allow-update { key "mailpair"; };'), config: tsigKey }),
  },
  Knot: {
    need: needKnot,
    open: () =>
      openKnot({
        zones: zones('    acl: update\n    zonefile-sync: -1\n'),
        config:
          `key:\n  - id: mailpair\n    algorithm: hmac-sha256\n    secret: ${secret}\nacl:\n  - ` +
          'id: update\n    key: mailpair\n    action: update\n',
      }),
  },
};

for (const [name, { need, open }] of Object.entries(servers)) {
  describe(`the DNS plan given to ${name} by nsupdate`, () => {
    let server: NameServer;
    let close: (() => Promise<void>) | undefined;

    before(async function () {
      need(this);
      needProgram(this, 'nsupdate');
      server = await open();
      close = () => server.close();
    });

    after(() => close?.());

    async function update(): Promise<CommandResult> {
      const [keyFile, commands] = [join(server.directory, 'update.key'), join(server.directory, 'update')];
      writeFileSync(keyFile, tsigKey, { mode: 0o600 });
      writeFileSync(commands, formats.nsupdate.compose(plan, { server, keyFile }));
      return runCommand(pathOf('nsupdate') ?? '', ['-k', keyFile, commands]);
    }

    it('is there, every record of it, in place of what was there before', async () => {
      expect(await update()).to.include({ code: 0, stderr: '' });
      for (const { records } of plan.zones) for (const set of records) await expectPlanned(server, set);
    });

    it('leaves alone what it does not plan', async () => {
      expect(await valuesSaid(server, 'www.example.com', 'A')).to.deep.equal(['192.0.2.98']);
    });

    it('changes nothing when it is given again', async () => {
      expect(await update()).to.include({ code: 0, stderr: '' });
      for (const { records } of plan.zones) for (const set of records) await expectPlanned(server, set);
    });
  });
}
