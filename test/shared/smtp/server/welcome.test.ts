import { expect } from 'chai';
import { describe, it } from 'mocha';
import { replies } from '@mailpair/shared/platform/values/reply';
import { withListener } from '../../../support/recording-listener.ts';
import { knock } from '../../../support/crowd.ts';
import { eventually } from '../../../support/heartbeat.ts';
import { SmtpClient } from '../../../support/smtp-client.ts';

describe('a listener with little room', () => {
  it('turns a client away before it is counted among the connections', async () => {
    let asked = 0;
    const admit = () => ((asked += 1) > 1 ? null : replies.otherMx);
    await withListener({ hooks: { admit }, limits: { connections: 1 } }, async (listener) => {
      const refused = await SmtpClient.connect(listener.address);
      expect(await refused.greeting).to.include({ code: 421 });
      const { said, client } = await knock(listener.address);
      expect(said).to.equal('220');
      expect(listener.refused).to.deep.equal([replies.otherMx]);
      expect(listener.counter.total).to.equal(1);
      await client!.quit();
      refused.destroy();
    });
  });

  it('drops a connection that there is no descriptor for, and takes the next when there is one', async () => {
    await withListener({}, async (listener) => {
      listener.counter.mostSockets = 1;
      const first = await SmtpClient.connect(listener.address);
      expect(await first.greeting).to.include({ code: 220 });
      expect((await knock(listener.address)).said).to.not.match(/^\d/);
      expect(listener.unserved).to.deep.equal(['total']);
      await first.quit();
      await listener.until(() => listener.counter.sockets === 0);
      expect((await knock(listener.address)).said).to.equal('220');
    });
  });

  it('lets some wait longer for the greeting than others', async () => {
    const turns = [300, 0, 300, 0];
    await withListener({ hooks: { greetingTurn: () => turns.shift()! } }, async (listener) => {
      const greeted: string[] = [];
      const greet = async (name: string): Promise<void> => {
        const client = await SmtpClient.connect(listener.address);
        await client.greeting;
        greeted.push(name);
        client.destroy();
      };
      await Promise.all([greet('a client that waits'), greet('one that does not')]);
      expect(greeted).to.deep.equal(['one that does not', 'a client that waits']);
    });
  });

  it('may ask a client to come back that waited for the greeting', async () => {
    const turns = [1, 1, replies.tooManyConnections];
    await withListener({ hooks: { greetingTurn: () => turns.shift()! } }, async (listener) => {
      expect((await knock(listener.address)).said).to.match(/^421 4\.3\.2 Too many connections/);
      expect(turns).to.deep.equal([]);
      await eventually(
        () => listener.counter.total,
        (total) => total === 0,
      );
    });
  });

  it('takes no connections while it is shut, and does so again when it is opened', async () => {
    await withListener({}, async (listener) => {
      listener.setShut(true);
      expect((await knock(listener.address)).said).to.include('ECONNREFUSED');
      listener.setShut(false);
      let said = '';
      while (said !== '220') {
        const found = await knock(listener.address);
        said = found.said;
        await found.client?.quit();
      }
    });
  });

  it('can be closed while it is shut, and lets its sessions finish', async () => {
    await withListener({}, async (listener) => {
      const { client } = await knock(listener.address);
      listener.setShut(true);
      const closed = listener.close(10_000);
      expect((await client!.reply()).code).to.equal(421);
      await closed;
      client!.destroy();
    });
  });
});
