/** The output formats of a DNS plan, by name. */
import { bind } from './format-bind.ts';
import { cloudflare } from './format-cloudflare.ts';
import { json } from './format-json.ts';
import { nsupdate } from './format-nsupdate.ts';
import { octodns } from './format-octodns.ts';
import { powerdns } from './format-powerdns.ts';
import { route53 } from './format-route53.ts';
import { terraform } from './format-terraform.ts';
import type { PlanFormat } from './format.ts';

export const formats = {
  bind,
  nsupdate,
  route53,
  cloudflare,
  powerdns,
  octodns,
  terraform,
  json,
} as const satisfies Readonly<Record<string, PlanFormat>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];
