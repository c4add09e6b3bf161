/** MTA-STS policies, and the record that points to one (RFC 8461 §3). Pure. */
import { createHash } from 'node:crypto';

export type MtaStsMode = 'none' | 'testing' | 'enforce';

const modes: readonly string[] = ['none', 'testing', 'enforce'] satisfies MtaStsMode[];

export interface MtaSts {
  readonly mode: MtaStsMode;
  /** Names of hosts; `*.example.com` stands for one label. */
  readonly mx: readonly string[];
  /** Seconds. */
  readonly maxAge: number;
}

/** §3.2. */
export function composePolicy({ mode, mx, maxAge }: MtaSts): string {
  const lines = ['version: STSv1', `mode: ${mode}`, ...mx.map((name) => `mx: ${name}`), `max_age: ${maxAge}`];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** Undefined when a field that there must be is missing or wrong. */
export function parsePolicy(text: string): MtaSts | undefined {
  const fields = text
    .split(/\r?\n/)
    .map((line) => ({ line, colon: line.indexOf(':') }))
    .filter(({ colon }) => colon >= 0)
    .map(({ line, colon }) => ({ key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }));
  const first = (key: string): string => fields.find((field) => field.key === key)?.value ?? '';
  const mode = first('mode');
  const mx = fields.filter(({ key }) => key === 'mx').map(({ value }) => value.toLowerCase());
  if (first('version') !== 'STSv1' || !modes.includes(mode)) return undefined;
  if (!/^\d{1,10}$/.test(first('max_age')) || (mode !== 'none' && mx.length === 0)) return undefined;
  return { mode: mode as MtaStsMode, mx, maxAge: Number(first('max_age')) };
}

/** Whether a policy names a host (§4.1). */
export const policyNames = ({ mx }: Pick<MtaSts, 'mx'>, host: string): boolean =>
  mx.includes(host) || mx.includes(`*.${host.split('.').slice(1).join('.')}`);

/** §3.1: at most 32 letters and digits. Made from the text, so it changes when the text does and never otherwise. */
export const policyId = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);

export const policyHost = (domain: string): string => `mta-sts.${domain}`;

export const POLICY_PATH = '/.well-known/mta-sts.txt';

/** Of the record that says which policy there is. */
export const mtaStsName = (domain: string): string => `_mta-sts.${domain}`;

export const isMtaStsRecord = (text: string): boolean => /^v=STSv1\s*;/.test(text);

export const composeMtaStsRecord = (id: string): string => `v=STSv1; id=${id};`;
