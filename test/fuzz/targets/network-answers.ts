/** What other hosts answer: DNS messages to `balancer dns-rr`, clamd, rspamd. */
import { readReply } from '@mailpair/shared/filter/engines/clamd';
import { readAnswer } from '@mailpair/shared/filter/engines/rspamd';
import { composeQuery, MalformedMessage, parseMessage } from '@mailpair/shared/platform/dns/dns-message';
import { parseHostsFile } from '@mailpair/shared/platform/dns/hosts-file';
import { must, type TargetFile } from '../target.ts';

export const networkAnswers: TargetFile = {
  name: 'network-answers',
  open: () => ({
    name: 'network-answers',
    seeds: [
      composeQuery(1, { name: 'mx.example.com', type: 'A' }),
      Buffer.from(
        '0001818000010001000000000161047465737400000100 01c00c00010001000000050004c0000201'.replaceAll(
          ' ',
          '',
        ),
        'hex',
      ),
      Buffer.from('stream: Eicar-Signature FOUND\0'),
      Buffer.from('stream: OK\0'),
      Buffer.from('INSTREAM size limit exceeded. ERROR\0'),
      Buffer.from(
        '{"action":"no action","score":1.5,"required_score":15,"symbols":{"A":{"name":"A","score":1,"options":["x"]}}}',
      ),
      Buffer.from('127.0.0.1 localhost a\n::1 b # c\n'),
    ],
    words: [
      '\xc0\x0c',
      '\xc0\x00',
      '\0',
      '\x3f',
      '\xff\xff',
      ' FOUND\0',
      'stream: ',
      '{',
      '}',
      'null',
      '"symbols":',
      '"score":',
      '1e999',
      '\n',
    ],
    longestBytes: 8 * 1024,
    budgetMs: 100,
    run(input) {
      try {
        const { length } = JSON.stringify(parseMessage(input));
        must(length < 64 * input.length + 1_000, 'a DNS message is read as far more than it is', length);
      } catch (error) {
        if (!(error instanceof MalformedMessage)) throw error;
      }
      const text = input.toString('latin1');
      expectError(() => readReply(text));
      expectError(() => readAnswer(text));
      parseHostsFile(text);
    },
  }),
};

/** Engines that answer nonsense are reported in words of ours. */
function expectError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    must(
      error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError),
      'nonsense is not reported as such',
      String(error),
    );
  }
}
