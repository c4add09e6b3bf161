import { expect } from 'chai';
import { describe, it } from 'mocha';
import { SmtpClient, type Target } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

describe('a small outbound beside a large inbound', () => {
  const pair = usePair({
    config: { 'limits.connectionsPerClient': 8, 'outbound.limits.connectionsPerClient': 2 },
  });

  /** The codes of the greetings of so many connections at a time. */
  async function greetings(target: Target, count: number): Promise<number[]> {
    const clients = await Promise.all(Array.from({ length: count }, () => SmtpClient.connect(target)));
    const codes = await Promise.all(clients.map(async ({ greeting }) => (await greeting).code));
    for (const client of clients) client.destroy();
    return codes.sort();
  }

  it('takes as many connections as its own limit says, and inbound as many as that of the pair', async () => {
    expect(await greetings(pair().mxIn, 4)).to.deep.equal([220, 220, 220, 220]);
    expect(await greetings(pair().mxOut, 4)).to.deep.equal([220, 220, 421, 421]);
  });
});
