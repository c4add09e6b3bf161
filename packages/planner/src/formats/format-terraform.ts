/**
 * Formats a DNS plan for Terraform and OpenTofu in JSON syntax (*.tf.json): one resource for each set, or for
 * each record with Cloudflare. Zones are named by a variable, so the file contains no zone identifiers. Pure.
 */
import { composeJsonText, leftOut } from './format.ts';
import type { FormatOptions, PlanFormat } from './format.ts';
import { cloudflareRecords, tooShort } from './format-cloudflare.ts';
import { composeRdata } from '@mailpair/shared/dns-records/rdata';
import type { RecordSet } from '@mailpair/shared/dns-records/records';
import type { ZonePlan } from '../dns-plan.ts';

type Provider = NonNullable<FormatOptions['provider']>;

const defaultProvider: Provider = 'aws';

export const terraform: PlanFormat = {
  what: 'JSON for a *.tf.json file (--provider aws, the default, or cloudflare)',
  compose: ({ zones }, { provider = defaultProvider }) => composeTerraform(zones, provider),
  composeZone: (zone, { provider = defaultProvider }) => composeTerraform([zone], provider),
  caveats: (plan, { provider = defaultProvider }) => [
    ...leftOut(plan),
    'Terraform refuses to create what exists already: import such records first, or delete them.',
    ...(provider === 'cloudflare' ? tooShort(plan) : []),
  ],
};

function composeTerraform(zones: readonly ZonePlan[], provider: Provider): string {
  const { type, resourcesOf } = providers[provider];
  const resources: Record<string, object> = {};
  for (const { zone, records } of zones) {
    for (const set of records) {
      resourcesOf(set).forEach((resource, index) => {
        resources[freeName(identifierOf(set, index), resources)] = {
          zone_id: `\${var.mailpair_zone_ids[${JSON.stringify(zone)}]}`,
          ...resource,
        };
      });
    }
  }
  return composeJsonText({
    variable: {
      mailpair_zone_ids: {
        type: 'map(string)',
        description: `The identity of each zone: ${zones.map(({ zone }) => zone).join(', ')}`,
      },
    },
    resource: { [type]: resources },
  });
}

interface ProviderForm {
  readonly type: string;
  resourcesOf(set: RecordSet): readonly object[];
}

const providers: Readonly<Record<Provider, ProviderForm>> = {
  aws: {
    type: 'aws_route53_record',
    resourcesOf: (set) => [
      { name: set.name, type: set.type, ttl: set.ttl, records: composeRdata(set).map(awsValue(set.type)) },
    ],
  },
  cloudflare: {
    type: 'cloudflare_dns_record',
    resourcesOf: (set) =>
      cloudflareRecords(set).map(({ content, ...record }) => ({
        ...record,
        ...(content === undefined ? {} : { content: literal(content) }),
      })),
  },
};

/**
 * The provider adds the outer quotes of a text and expects the strings to be separated by quotes without a
 * space.
 */
const awsValue =
  (type: RecordSet['type']) =>
  (value: string): string =>
    literal(type === 'TXT' ? value.slice(1, -1).replaceAll('" "', '""') : value);

/** Doubles the sign at the start of an expression, so that Terraform reads it literally. */
const literal = (text: string): string => text.replace(/[$%](?=\{)/g, (sign) => sign + sign);

const identifierOf = ({ name, type }: RecordSet, index: number): string => {
  const word = `${name.replaceAll('.', '_')}_${type}${index === 0 ? '' : `_${index + 1}`}`;
  return /^[a-z_]/.test(word) ? word : `_${word}`;
};

/** Appends a number if two names become the same identifier. */
function freeName(name: string, taken: Readonly<Record<string, object>>): string {
  if (!Object.hasOwn(taken, name)) return name;
  let count = 2;
  while (Object.hasOwn(taken, `${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}
