/** The drain of a gateway. GET /status says whether there is one. */
import { LONGEST_DRAIN_MS, nodesLeft, refusalOfDrain } from '../../gateway/pair/drain.ts';
import { ApiRefusal, flag, number, text, withDefault } from '../parameters.ts';
import { routesOn } from '../route.ts';

const route = routesOn('draining');

const time = (name: string, about: string, from: number) =>
  number(about, {
    from,
    to: LONGEST_DRAIN_MS,
    refusal: (given) => `${name} is a number of ms up to ${LONGEST_DRAIN_MS}, not ${given}`,
  });

export const drain = {
  begin: route({
    method: 'POST',
    path: '/drain',
    about:
      'Takes the gateway out of service: { drain, left: the nodes that go on taking mail }. 409 when no other node would take ' +
      'mail. One that is drained already keeps what is not given anew.',
    parameters: {
      forMs: time('forMs', 'The drain ends by itself after this time.', 1),
      closeAfterMs: time('closeAfterMs', 'The listeners stay open for this time.', 0),
      together: withDefault(
        text(
          'The nodes that are drained at the same time: outbound/mx-out.example.com, with commas between them.',
        ),
        '',
      ),
      force: flag('The last node is drained too.'),
    },
    run({ control, others }, { forMs, closeAfterMs, together: names, force }) {
      const together = names.split(',').filter((name) => name !== '');
      const refusal = force || control.drain ? undefined : refusalOfDrain(others(), together);
      if (refusal !== undefined) throw new ApiRefusal(refusal, 409);
      const drained = control.begin({
        ...(forMs !== undefined && { forMs }),
        ...(closeAfterMs !== undefined && { closeAfterMs }),
      });
      const left = nodesLeft(others(), together).map(({ role, node }) => ({ role, node }));
      return { drain: drained, left };
    },
  }),
  end: route({
    method: 'DELETE',
    path: '/drain',
    about: 'Puts the gateway back into service: { ended: the drain as it was, or null }.',
    run: ({ control }) => ({ ended: control.end() }),
  }),
};
