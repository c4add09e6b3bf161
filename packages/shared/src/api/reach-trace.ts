/** The way to what a gateway knows of messages: over /api while it runs, else in its files. */
import type { Damage } from '../spool/store/spool.ts';
import type { Route } from '../platform/http/http.ts';
import { Answer } from '../platform/http/http-answer.ts';
import type { Settings } from '../config/settings.ts';
import type { ApiCaller } from '../platform/http/api-caller.ts';
import { mergeTraces } from './merged-mail.ts';
import { reachRunning } from './reach-gateway.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import { onStopped } from './reach-quarantine.ts';
import { createTraceControl, type Trace, type TraceControl } from './trace.ts';

const MOST = 200;

/** `GET /trace?about&limit`: { traces: Trace[] }, newest first. */
export const traceApi = (control: TraceControl): Route => ({
  method: 'GET',
  path: '/trace',
  run: async ({ query: { about = '', limit = '20' } }) => {
    if (about.length < 3)
      return Answer.json({ error: 'about is an id, a Message-ID or an address' }, { status: 400 });
    const most = Math.min(Math.max(Math.trunc(Number(limit)) || 1, 1), MOST);
    return { traces: await control.find(about, most) };
  },
});

export const traceClient = (api: ApiCaller, role: string, host: string): TraceControl => ({
  role,
  host,
  find: async (about, limit) =>
    (await api.given<{ traces: Trace[] }>('GET', '/trace', { about, limit: String(limit) })).traces,
  close: async () => undefined,
});

/** @throws with what to set or to do when neither the gateway nor its files can be reached */
export async function openTraceControl(
  role: RoleName,
  settings: Settings,
  onDamage: (damage: Damage) => void,
): Promise<TraceControl> {
  const { host } = settings[role];
  const running = await reachRunning(role, settings);
  if (running) return traceClient(running, role, host);
  const controls = await onStopped(role, settings, onDamage, (stores) =>
    createTraceControl({ role, host, ...stores }),
  );
  return mergeTraces(controls);
}
