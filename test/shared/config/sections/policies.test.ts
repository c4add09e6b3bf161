import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Settings } from '@mailpair/shared/config/settings';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'policies and rules',
  `
    judge: { allow: ["not a name"] }
    judge.allow[0] | not a name | is no sender | an address, a domain
    judge: { block: [{ unproven: true }] }
    judge.block[0] | {"unproven":true} | has no sender | add sender
    judge: { policies: [{ tagAt: 3 }] }
    judge.policies[0].for | nothing | names no recipient | add for
    judge: { policies: [{ for: [example.com], tagAt: always }] }
    judge.policies[0].tagAt | always | is not a number from 0 to 1000 | write a number
    judge: { policies: [{ for: [example.com], reject: 3 }] }
    judge.policies[0].reject | 3 | is an unknown key | write rejectAt
    judge: { rules: [{ when: { subject: "*x*" }, score: 1 }] }
    judge.rules[0] | {"when":{"subject":"*x*"},"score":1} | has no name | add name
    judge: { rules: [{ name: a, score: 1 }] }
    judge.rules[0].when | nothing | has no condition | add when
    judge: { rules: [{ name: a, when: { subject: "*x*" } }] }
    judge.rules[0] | {"name":"a","when":{"subject":"*x*"}} | has neither score nor verdict | add score
    judge: { rules: [{ name: a, when: { sujbect: "*x*" }, score: 1 }] }
    judge.rules[0].when.sujbect | *x* | is an unknown key | write subject
    judge: { rules: [{ name: a, when: { spf: failed }, score: 1 }] }
    judge.rules[0].when.spf[0] | failed | is not one of the known words | write fail
    judge: { rules: [{ name: a, when: { spf: fail }, verdict: quarantine, text: No }] }
    judge.rules[0].text | No | is never told | verdict: reject or defer
    judge: { rules: [{ name: a, when: { client: example.com }, score: 1 }] }
    judge.rules[0].when.client[0] | example.com | is not a network | write a network
  `,
);

describe('policies and rules', () => {
  it('are read in the forms that names are compared in', () => {
    const { settings } = readText(`${minimal()}
judge:
  allow: [Partner.Example, .Sub.example, "News@List.Example", 192.0.2.7, { sender: x.example, unproven: true }]
  policies: [{ for: ["Anna@Example.com", example.com], rejectAt: never, quarantineAt: 5 }]
  rules:
    - { name: no-iso, when: { attachment: "*.iso", largerThan: 1KB, header: { X-Mailer: [a, b] } }, verdict: quarantine }
`) as { settings: Settings };
    const { allow, policies, rules } = settings.judge;
    expect(allow.map(({ sender, unproven }) => `${sender} ${unproven}`)).to.deep.equal([
      'partner.example false',
      '.sub.example false',
      'news@list.example false',
      '192.0.2.7/32 false',
      'x.example true',
    ]);
    expect(policies).to.deep.equal([
      { for: ['anna@example.com', 'example.com'], rejectAt: null, quarantineAt: 5, allow: [], block: [] },
    ]);
    expect(rules).to.deep.equal([
      {
        name: 'no-iso',
        on: ['mx'],
        when: {
          attachment: ['*.iso'],
          header: [{ name: 'x-mailer', patterns: ['a', 'b'] }],
          largerThanBytes: 1024,
        },
        unless: null,
        score: 0,
        verdict: 'quarantine',
        text: null,
      },
    ]);
  });
});
