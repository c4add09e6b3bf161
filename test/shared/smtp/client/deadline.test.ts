import { describe, it } from 'mocha';
import { expect } from 'chai';
import { SILENT } from '../../../support/smtp-sink.ts';
import { hopTo, message } from './fixtures.ts';
import { network, told, watch } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, gate, sinkWith } = network();

  describe('keeps to its time', () => {
    it('while the host does not greet, tells that it timed out, and tries no other', async () => {
      const sink = await sinkWith({ on: { greeting: SILENT } });
      const { seen, onHop } = watch();
      const hops = [hopTo(sink.port), hopTo(sink.port, { host: 'localhost' })];
      const outcomes = await connectionsWith().send(hops, message(), { timeoutMs: 20, onHop });
      expect(told(outcomes)).to.deep.equal(['deferred 451']);
      expect(seen).to.deep.equal(['started 127.0.0.1', 'failed 127.0.0.1 timeout']);
    });

    it('while the host does not answer, and drops the session', async () => {
      const sink = await sinkWith({ on: { MAIL: SILENT, RCPT: SILENT, DATA: SILENT } });
      const connections = connectionsWith();
      const [outcome] = await connections.send([hopTo(sink.port)], message(), { timeoutMs: 50 });
      expect(outcome?.kind).to.equal('deferred');
      expect(outcome?.reply.text).not.to.include('may have arrived');
      expect(connections.state()).to.deep.equal([]);
    });

    it('after the dot, and says that the message may have arrived', async () => {
      const sink = await sinkWith({ on: { message: SILENT } });
      const [outcome] = await connectionsWith().send([hopTo(sink.port)], message(), { timeoutMs: 50 });
      expect(outcome?.reply.text).to.include('may have arrived');
    });

    it('and the session that came too late serves the next message', async () => {
      const hold = gate();
      const sink = await sinkWith({ on: { greeting: async () => (await hold.happened, '220 sink') } });
      const connections = connectionsWith({ connectionsPerHop: 1 });
      await connections.send([hopTo(sink.port)], message(), { timeoutMs: 10 });
      hold.happen();
      expect(told(await connections.send([hopTo(sink.port)], message()))).to.deep.equal(['relayed 250']);
      expect(sink.sessions).to.have.length(1);
    });

    it('does not carry the time of one message over to the next', async () => {
      const sink = await sinkWith();
      const connections = connectionsWith();
      await connections.send([hopTo(sink.port)], message(), { timeoutMs: 20 });
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(told(await connections.send([hopTo(sink.port)], message()))).to.deep.equal(['relayed 250']);
      expect(sink.sessions).to.have.length(1);
    });
  });
});
