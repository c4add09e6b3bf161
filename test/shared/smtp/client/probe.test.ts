import { describe, it } from 'mocha';
import { expect } from 'chai';
import { SILENT } from '../../../support/smtp-sink.ts';
import { hopTo, message } from './fixtures.ts';
import { afterOne, deadHop, network, told, watch } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, sinkWith } = network();

  describe('asking about a recipient', () => {
    it('gives the reply to RCPT, and leaves the session for the next', async () => {
      const sink = await sinkWith({
        on: { RCPT: (line) => (line.includes('no') ? '550 5.1.1 Nobody' : '250 2.1.5 OK') },
      });
      const connections = connectionsWith();
      const hop = hopTo(sink.port);
      expect(await connections.probe([hop], '', 'yes@example.com')).to.include({ code: 250 });
      expect(await connections.probe([hop], '', 'no@example.com')).to.include({
        code: 550,
        enhanced: '5.1.1',
      });
      expect(told(await connections.send([hop], message({ to: ['yes@example.com'] })))).to.deep.equal([
        'relayed 250',
      ]);
      expect(sink.sessions).to.have.length(1);
      expect(sink.commands.slice(1, 4)).to.deep.equal(['MAIL FROM:<>', 'RCPT TO:<yes@example.com>', 'RSET']);
    });

    it('works one command at a time', async () => {
      const sink = await sinkWith({ extensions: [], on: { RCPT: '450 4.2.0 Later' } });
      expect(await connectionsWith().probe([hopTo(sink.port)], '', 'user@example.com')).to.include({
        code: 450,
      });
    });

    it('asks the next host when one cannot be asked', async () => {
      const closing = await sinkWith({ on: { MAIL: '421 4.3.2 Closing' } });
      const sink = await sinkWith();
      const { seen, onHop } = watch();
      const hops = [hopTo(closing.port), hopTo(sink.port)];
      expect(await connectionsWith().probe(hops, '', 'user@example.com', { onHop })).to.include({
        code: 250,
      });
      expect(seen).to.deep.equal([
        'started 127.0.0.1',
        'failed 127.0.0.1 unavailable',
        'started 127.0.0.1',
        'succeeded 127.0.0.1',
      ]);
    });

    it('asks again on a fresh session when a kept one is of no use', async () => {
      const sink = await sinkWith({ on: { MAIL: afterOne('503 5.5.1 Out', '250 2.1.0 OK') } });
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message());
      expect(await connections.probe([hopTo(sink.port)], '', 'user@example.com')).to.include({ code: 250 });
      expect(sink.sessions).to.have.length(2);
    });

    it('gives null when the sender is refused', async () => {
      const sink = await sinkWith({ on: { MAIL: '550 5.7.1 Not you', RCPT: '503 Need MAIL' } });
      expect(await connectionsWith().probe([hopTo(sink.port)], '', 'user@example.com')).to.equal(null);
    });

    it('gives null when nobody can be asked, and when there is no answer in time', async () => {
      const connections = connectionsWith();
      expect(await connections.probe([await deadHop()], '', 'user@example.com')).to.equal(null);
      const sink = await sinkWith({ on: { RCPT: SILENT, RSET: SILENT } });
      const options = { timeoutMs: 30 };
      expect(await connections.probe([hopTo(sink.port)], '', 'user@example.com', options)).to.equal(null);
    });
  });
});
