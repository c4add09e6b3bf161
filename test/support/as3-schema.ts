/**
 * JSON schema of the classes of AS3 that mailpair declares for F5 BIG-IP. It follows the schema that F5 publishes for AS3 3.56 in its
 * names, types and ranges, and is narrower: it knows no property that mailpair does not write, which the published one lets pass.
 */
import { closed, listOf } from './closed-schema.ts';

const text = { type: 'string', minLength: 1 } as const;
const port = { type: 'integer', minimum: 1, maximum: 65_535 } as const;
const use = {
  type: 'object',
  required: ['use'],
  properties: { use: text },
  additionalProperties: false,
} as const;
const address = { type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] } as const;
/** `Label` and `Remark`: up to 64 characters, without those that upset scripts. */
const label = { type: 'string', maxLength: 64, pattern: '^[^\\x00-\\x1f"#&*<>?[\\\\\\]`\\x7f]*$' } as const;

const member = {
  ...closed(
    {
      servicePort: port,
      serverAddresses: listOf(address),
      addressDiscovery: { const: 'fqdn' },
      autoPopulate: { type: 'boolean' },
      hostname: { type: 'string', format: 'hostname' },
      connectionLimit: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
      adminState: { enum: ['enable', 'disable', 'offline'] },
    },
    ['serverAddresses', 'addressDiscovery', 'autoPopulate', 'hostname', 'adminState'],
  ),
  oneOf: [{ required: ['serverAddresses'] }, { required: ['addressDiscovery', 'hostname'] }],
};

const classes: Readonly<Record<string, object>> = {
  Service_TCP: closed({
    class: text,
    virtualAddresses: { type: 'array', items: address, minItems: 1, uniqueItems: true },
    virtualPort: port,
    pool: text,
    profileTCP: use,
    iRules: listOf(text),
    snat: { enum: ['none', 'self', 'auto'] },
    persistenceMethods: { type: 'array', maxItems: 0 },
  }),
  Pool: closed({
    class: text,
    loadBalancingMode: { enum: ['least-connections-member', 'weighted-least-connections-member'] },
    monitors: listOf(use),
    members: listOf(member),
    reselectTries: { type: 'integer', minimum: 0, maximum: 65_535 },
    slowRampTime: { type: 'integer', minimum: 0, maximum: 900 },
  }),
  Monitor: closed(
    {
      class: text,
      monitorType: { enum: ['tcp', 'https'] },
      interval: { type: 'integer', minimum: 1, maximum: 3_600 },
      timeout: { type: 'integer', minimum: 1, maximum: 900 },
      targetPort: port,
      send: text,
      receive: text,
      receiveDown: text,
    },
    ['targetPort', 'receiveDown'],
  ),
  TCP_Profile: closed({ class: text, idleTimeout: { type: 'integer', minimum: 1, maximum: 86_400 } }),
  iRule: closed({ class: text, iRule: text }),
};

const item = {
  type: 'object',
  required: ['class'],
  properties: { class: { enum: Object.keys(classes) } },
  allOf: Object.entries(classes).map(([name, then]) => ({
    if: { properties: { class: { const: name } } },
    then,
  })),
};

const name = { pattern: '^[A-Za-z][0-9A-Za-z_.-]*$', maxLength: 190 };

export const as3Schema = {
  type: 'object',
  required: ['class', 'schemaVersion'],
  properties: {
    class: { const: 'ADC' },
    schemaVersion: { pattern: '^3\\.([0-9]|[1-4][0-9]|5[0-6])\\.[0-9]+$' },
    label,
    remark: label,
  },
  additionalProperties: {
    type: 'object',
    required: ['class'],
    properties: { class: { const: 'Tenant' } },
    additionalProperties: {
      type: 'object',
      required: ['class', 'template'],
      properties: { class: { const: 'Application' }, template: { const: 'generic' } },
      propertyNames: name,
      additionalProperties: item,
    },
    propertyNames: name,
  },
};
