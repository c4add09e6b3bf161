/** The interface of an output format of the DNS plan. */
import type { DnsPlan, ZonePlan } from '../dns-plan.ts';

export interface FormatOptions {
  /** The name server that accepts updates. */
  readonly server?: { readonly host: string; readonly port: number };
  /** The path of the TSIG key file, for the command line in the output. */
  readonly keyFile?: string;
  readonly provider?: 'aws' | 'cloudflare';
}

export interface PlanFormat {
  /** A description of the output, for the help. */
  readonly what: string;
  /** Formats the whole plan. */
  compose(plan: DnsPlan, options: FormatOptions): string;
  /** Formats one zone exactly as the target program reads it. */
  composeZone(zone: ZonePlan, options: FormatOptions): string;
  /** What the format cannot express, and its side effects; each a sentence. */
  caveats(plan: DnsPlan, options: FormatOptions): readonly string[];
}

export const composeJsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** A JSON object with one body for each zone. */
export const byZone = (zones: readonly ZonePlan[], bodyOf: (zone: ZonePlan) => object): string =>
  composeJsonText(Object.fromEntries(zones.map((zone) => [zone.zone, bodyOf(zone)])));

/** Caveats on records outside the planned zones, which a format by zone cannot contain. */
export function leftOut({ elsewhere, ptr }: DnsPlan): string[] {
  const names = [...new Set(elsewhere.map(({ name, type }) => `${name} ${type}`))];
  return [
    ...(names.length > 0
      ? [`Left out, because their zone is not planned: ${names.join(', ')}; name the zone in publish.zones.`]
      : []),
    ...(ptr.length > 0
      ? [
          'Left out, to be requested from the owner of the addresses: ' +
            `${ptr.map(({ address, name }) => `PTR of ${address} to ${name}`).join(', ')}.`,
        ]
      : []),
  ];
}

/**
 * Caveats for formats that replace all records of a name and type, and so remove texts that the plan does not
 * contain.
 */
export function replacedTexts({ zones }: DnsPlan): string[] {
  const names = zones.flatMap(({ records }) =>
    records
      .filter((set) => set.type === 'TXT' && set.values.length === 1 && set.values[0]?.startsWith('v=spf1 '))
      .filter((set) => records.some(({ name, type }) => name === set.name && type === 'MX'))
      .map(({ name }) => name),
  );
  if (names.length === 0) return [];
  return [
    `All TXT records of ${names.join(', ')} are replaced: add to publish.texts all other texts that they ` +
      'have (for example proofs of ownership).',
  ];
}
