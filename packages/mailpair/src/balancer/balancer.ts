/** `mailpair balancer`: lists the kinds of load balancer. */
import { balancerKinds } from './kinds.ts';
import { UsageError } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const balancer: Verb = {
  usage: 'balancer [KIND]',
  help: `
Lists the kinds of load balancers that nodes of a role can be put behind, one a line.
"mailpair balancer KIND --help" describes each of them.

Examples:
  mailpair balancer
  mailpair balancer haproxy --help

Exit: 0 done, 2 usage or fault.
`,
  run({ operands, json }, io) {
    const names = balancerKinds.map(({ name }) => name.split(' ')[1]!);
    if (operands.length > 0)
      throw new UsageError(`${operands[0]} is no kind of load balancer; there is ${names.join(', ')}`);
    const width = Math.max(...names.map((name) => name.length));
    io.out(
      json
        ? JSON.stringify(balancerKinds.map(({ summary }, i) => ({ kind: names[i], summary })))
        : balancerKinds.map(({ summary }, i) => `${names[i]!.padEnd(width)}  ${summary}`).join('\n'),
    );
    return Promise.resolve(0);
  },
};
