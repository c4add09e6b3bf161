/** The configuration of a running gateway. */
import type { ReloadAnswer } from '../../gateway/compose/reload-answer.ts';
import { allOf } from '../merged.ts';
import { routesOn } from '../route.ts';

export const configuration = {
  reload: routesOn('configuration')({
    method: 'POST',
    path: '/reload',
    about:
      'Every worker reads the configuration again, or says why it goes on with what it had: ReloadAnswer.',
    run: async (of): Promise<{ readonly workers: readonly ReloadAnswer[] }> => ({
      workers: [await of.reload()],
    }),
    async merge(reload, asks) {
      const answers = await allOf(asks, (ask) => ask(reload, {}).then(({ workers }) => workers, asRefused));
      return { workers: answers.flat() };
    },
  }),
};

/** One that is being started reads the configuration anyway, but whether it could is not known. */
const asRefused = (error: Error): readonly ReloadAnswer[] => [
  { kind: 'refused', reason: error.message, faults: [] },
];
