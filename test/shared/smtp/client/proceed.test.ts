import { describe, it } from 'mocha';
import { expect } from 'chai';
import type { SendOptions } from '@mailpair/shared/smtp/client/connections';
import { type Answering } from '../../../support/smtp-sink.ts';
import { hopTo, message } from './fixtures.ts';
import { network, told } from './network.ts';

describe('handing messages to next hops', () => {
  const { connectionsWith, sinkWith } = network();

  describe('asks whether to proceed', () => {
    const refuse =
      (bad: string, code: string): Answering =>
      (line) =>
        line.includes(bad) ? code : '250 2.1.5 OK';

    it('and stops for good when the answer is no', async () => {
      const [one, two] = [
        await sinkWith({ on: { RCPT: refuse('bad', '550 5.1.1 Nobody') } }),
        await sinkWith(),
      ];
      const outcomes = await connectionsWith().send(
        [hopTo(one.port), hopTo(two.port)],
        message({ to: ['good@example.com', 'bad@example.com'] }),
        { proceed: () => false },
      );
      expect(told(outcomes)).to.deep.equal(['deferred 451', 'bounced 550']);
      expect(one.messages.length + two.sessions.length).to.equal(0);
    });

    it('with the replies of all recipients when the refusal came from another host', async () => {
      const one = await sinkWith({
        on: {
          RCPT: (line) => (line.includes('bad') ? '550 5.1.1 Nobody' : '450 4.2.0 Later'),
          DATA: '503 No',
        },
      });
      const two = await sinkWith();
      const asked: number[][] = [];
      const proceed: SendOptions['proceed'] = (replies) => (
        asked.push(replies.map(({ code }) => code)),
        false
      );
      const to = ['bad@example.com', 'good@example.com'];
      const outcomes = await connectionsWith().send([hopTo(one.port), hopTo(two.port)], message({ to }), {
        proceed,
      });
      expect(asked).to.deep.equal([[550, 250]]);
      expect(told(outcomes)).to.deep.equal(['bounced 550', 'deferred 451']);
      expect(two.messages).to.have.length(0);
    });

    it('no more once some have the message', async () => {
      const one = await sinkWith({ on: { RCPT: refuse('late', '450 4.2.0 Later') } });
      const two = await sinkWith({ on: { RCPT: refuse('later', '450 4.2.0 Later') } });
      let asked = 0;
      const to = ['now@example.com', 'late@example.com', 'later@example.com'];
      const outcomes = await connectionsWith().send([hopTo(one.port), hopTo(two.port)], message({ to }), {
        proceed: () => ((asked += 1), true),
      });
      expect(asked).to.equal(1);
      expect(told(outcomes)).to.deep.equal(['relayed 250', 'relayed 250', 'deferred 450']);
    });
  });
});
