import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener } from '../../../support/recording-listener.ts';

describe('what is pipelined', () => {
  it('is answered in one write (RFC 2920 §3.2)', async () => {
    await withListener({}, async ({ address }) => {
      const socket = connect(address);
      try {
        await once(socket, 'data');
        socket.write('NOOP\r\nRSET\r\nNOOP\r\n');
        const [replies] = (await once(socket, 'data')) as [Buffer];
        expect(replies.toString()).to.match(/^(250 [^\r]*\r\n){3}$/);
      } finally {
        socket.destroy();
      }
    });
  });
});
