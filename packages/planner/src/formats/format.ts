/** What a form of the DNS plan is. */
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export interface FormatOptions {
  /** The name server that takes updates. */
  readonly server?: { readonly host: string; readonly port: number };
  /** The file of the TSIG key, for the hint how to run it. */
  readonly keyFile?: string;
  readonly provider?: 'aws' | 'cloudflare';
}

export interface PlanFormat {
  /** What it writes, for the help. */
  readonly what: string;
  /** The whole plan. */
  compose(plan: DnsPlan, options: FormatOptions): string;
  /** One zone, in exactly the form that its consumer takes. */
  composeZone(zone: ZonePlan, options: FormatOptions): string;
  /** What the form cannot hold or does besides, each a sentence. */
  caveats(plan: DnsPlan, options: FormatOptions): readonly string[];
}

export const composeJsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A JSON object with a body for each zone. */
export const byZone = (zones: readonly ZonePlan[], bodyOf: (zone: ZonePlan) => object): string =>
  composeJsonText(Object.fromEntries(zones.map((zone) => [zone.zone, bodyOf(zone)])));

/** What belongs to zones that are not ours has no place in a form that addresses zones. */
export function leftOut({ elsewhere, ptr }: DnsPlan): string[] {
  const names = [...new Set(elsewhere.map(({ name, type }) => `${name} ${type}`))];
  return [
    ...(names.length > 0
      ? [
          `Left out, since their zone is not among the planned ones: ${names.join(', ')}; name the zone in publish.zones.`,
        ]
      : []),
    ...(ptr.length > 0
      ? [
          'Left out, to be asked of whoever owns the addresses: ' +
            `${ptr.map(({ address, name }) => `PTR of ${address} to ${name}`).join(', ')}.`,
        ]
      : []),
  ];
}

/** Forms that replace all records of a name and type would take away texts that the plan does not know. */
export function replacedTexts({ zones }: DnsPlan): string[] {
  const names = zones.flatMap(({ records }) =>
    records
      .filter((set) => set.type === 'TXT' && set.values.length === 1 && set.values[0]?.startsWith('v=spf1 '))
      .filter((set) => records.some(({ name, type }) => name === set.name && type === 'MX'))
      .map(({ name }) => name),
  );
  if (names.length === 0) return [];
  return [
    `All TXT records of ${names.join(', ')} are replaced: name in publish.texts whatever else stands ` +
      'there (proofs of ownership and the like).',
  ];
}
