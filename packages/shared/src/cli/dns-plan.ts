/** `mailpair dns plan`: the records to publish on stdout, what is odd about them on stderr. */
import { composeBind } from '../pair/format-bind.ts';
import { composeJson } from '../pair/format-json.ts';
import { planDns } from '../pair/plan.ts';
import { loadSettings } from '../system/config/load-settings.ts';
import { choiceOption, expectOperands } from './verb.ts';
import type { Verb } from './verb.ts';

const composers = { bind: composeBind, json: composeJson };

export const dnsPlan: Verb = {
  name: 'dns plan',
  summary: 'print the DNS records that the pair needs',
  usage: 'dns plan [--format bind|json]',
  options: { format: { type: 'string' } },
  help: `
Prints the records of every hosted domain: the addresses of both hosts, MX (10 inbound, 20 outbound)
and SPF; and the PTR records to request from whoever owns the addresses. Asks nobody and changes
nothing. What is odd or missing is told on stderr.

  --format FORMAT    bind: master-file form, PTR requests as comments (the default); json, as --json

Examples:
  mailpair dns plan > example.com.records
  mailpair dns plan --json | jq -r '.ptr[] | .address + " " + .value'

Exit: 0 done, 2 usage or fault.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const format = choiceOption(args, 'format', ['bind', 'json']) ?? (args.json ? 'json' : 'bind');
    const plan = planDns(loadSettings({ file: args.config, env: io.env, sets: args.sets }));
    io.out(composers[format](plan).trimEnd());
    plan.notes.forEach((note) => io.err(note));
    return Promise.resolve(0);
  },
};
