import { describe, it } from 'mocha';
import { expect } from 'chai';
import type { Commands } from '@mailpair/shared/smtp/client/commands';
import { conclude, outOfStep, type Said } from '@mailpair/shared/smtp/client/conclude';
import { faultReply } from '@mailpair/shared/smtp/client/faults';
import { parseReply, replies } from '@mailpair/shared/platform/values/reply';

const two: Commands = { refusals: [undefined, undefined], asked: [0, 1], mail: '', rcpts: ['', ''] };
const fault = { kind: 'lost', reply: faultReply('lost', 'mx.example closed the connection') } as const;

const said = (lines: string, more: Partial<Said> = {}): Said => ({
  replies: lines === '' ? [] : lines.split(' ').map(parseReply),
  dotSent: false,
  ...more,
});

const told = (value: Said): string[] =>
  conclude(two, value).map(({ stage, reply }) => `${stage} ${reply.code}`);

describe('what each recipient was told', () => {
  const table: [string, Said, string[]][] = [
    [
      'the reply to the message',
      said('250 250 250 354 250', { dotSent: true }),
      ['message 250', 'message 250'],
    ],
    ['a refusal of the sender', said('550 503 503 503'), ['mail 550', 'mail 550']],
    [
      'its own refusal, the others the reply to the message',
      said('250 550 250 354 250', { dotSent: true }),
      ['rcpt 550', 'message 250'],
    ],
    ['each its own refusal', said('250 550 450 503'), ['rcpt 550', 'rcpt 450']],
    ['a refusal of DATA', said('250 250 250 452'), ['data 452', 'data 452']],
    ['421 where it was said, and from then on', said('250 250 421'), ['rcpt 421', 'rcpt 421']],
    [
      'a refusal that came before the connection broke',
      said('250 550', { fault }),
      ['rcpt 550', 'connection 451'],
    ],
    ['that the connection broke at once', said('', { fault }), ['connection 451', 'connection 451']],
    ['a reason of ours', said('250 250 550 354', { ours: replies.localFault }), ['check 451', 'rcpt 550']],
    ['that what came was no reply', said('junk'), ['mail 451', 'mail 451']],
  ];
  for (const [name, value, expected] of table)
    it(name, () => {
      expect(told(value)).to.deep.equal(expected);
    });

  it('is uncertain only when the dot was sent and no reply came', () => {
    const [before] = conclude(two, said('250 250 250 354', { fault }));
    const [after] = conclude(two, said('250 250 250 354', { fault, dotSent: true }));
    expect([before?.uncertain, after?.uncertain]).to.deep.equal([false, true]);
    expect(after?.reply.text).to.include('may have arrived');
  });

  it('keeps a refusal of ours in its place', () => {
    const commands = { ...two, refusals: [replies.noSmtpUtf8, undefined], asked: [1], rcpts: [''] };
    const results = conclude(commands, said('250 250 354 250', { dotSent: true }));
    expect(results.map(({ stage }) => stage)).to.deep.equal(['check', 'message']);
  });
});

describe('replies out of step', () => {
  const table: [string, boolean][] = [
    ['250 250 250 354 250', false],
    ['250 250 250 354 550', false],
    ['550 503 503 503', false],
    ['250 550 550 503', false],
    ['250 550 550 354', false],
    ['503 503 503 503', true],
    ['250 503 250 354', true],
    ['250 250 250 503', true],
    ['250 250 250 250', true],
    ['354 250', true],
    ['junk', true],
    ['250 250 250 354 503', true],
    ['250 250 250 354 354', true],
    ['', false],
  ];
  for (const [lines, expected] of table)
    it(`${lines || 'none'}: ${expected ? 'out of step' : 'in step'}`, () => {
      expect(outOfStep(said(lines).replies, 2) !== undefined).to.equal(expected);
    });
});
