/** Forms whose consumer is no server here: read by the consumer's own model (Amazon's), or by its parser and sorter. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formats } from '@mailpair/planner/formats/formats';
import { composeRdata } from '@mailpair/shared/dns-records/rdata';
import { expect } from 'chai';
import { after, before, describe, it, type Context } from 'mocha';
import { fullPlan } from '../planner/full-plan.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';
import { skipBecause } from '../support/skip.ts';

/** Debian's own, whatever else is on the path: its modules are Debian packages. */
const python = '/usr/bin/python3';
const plan = fullPlan();

/** Skips the suite unless Python has the modules. */
async function needModules(context: Context, modules: string, packages: string): Promise<void> {
  const { code } = await runCommand(python, ['-c', `import ${modules}`]);
  if (code !== 0)
    skipBecause(context, `python3 lacks ${modules}; install it with: apt-get install ${packages}`);
}

const amazon = `
import json, sys
import botocore.session
from botocore.validate import ParamValidator
from botocore.serialize import create_serializer
model = botocore.session.get_session().get_service_model('route53').operation_model('ChangeResourceRecordSets')
request = {'HostedZoneId': 'Z1', 'ChangeBatch': json.load(open(sys.argv[1]))}
faults = ParamValidator().validate(request, model.input_shape)
if faults.has_errors():
    sys.exit(faults.generate_report())
print(create_serializer('rest-xml').serialize_to_request(request, model)['body'].decode())
`;

const octo = `
import json, sys
from natsort import natsorted
import yaml
class Ordered(yaml.SafeLoader): pass
def mapping(loader, node):
    keys = [loader.construct_scalar(key) for key, _ in node.value]
    if keys != natsorted(keys):
        sys.exit('out of order: %r' % keys)
    return loader.construct_mapping(node, deep=True)
Ordered.add_constructor('tag:yaml.org,2002:map', mapping)
print(json.dumps(yaml.load(open(sys.argv[1]), Ordered)))
`;

describe('the DNS plan', () => {
  let directory = '';

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-dns-models-'));
  });

  after(() => rmSync(directory, { recursive: true }));

  function read(program: string, text: string): Promise<CommandResult> {
    const file = join(directory, 'plan');
    writeFileSync(file, text);
    return runCommand(python, ['-c', program, file]);
  }

  describe("for Route 53, by Amazon's model of its API", () => {
    before(function () {
      return needModules(this, 'botocore', 'python3-botocore');
    });

    it('is a request, with every set in the XML that is sent', async () => {
      for (const zone of plan.zones) {
        const { code, stdout, stderr } = await read(amazon, formats.route53.composeZone(zone, {}));
        expect(code, stderr).to.equal(0);
        const sent = [...stdout.matchAll(/<Name>(.*?)<\/Name><Type>(.*?)<\/Type><TTL>(\d+)<\/TTL>/g)];
        expect(sent.map(([, name, type, ttl]) => `${name} ${type} ${ttl}`)).to.deep.equal(
          zone.records.map(({ name, type, ttl }) => `${name}. ${type} ${ttl}`),
        );
      }
    });

    it('would be refused with a member that the model does not know', async () => {
      const wrong = formats.route53.composeZone(plan.zones[0]!, {}).replace('"TTL"', '"Ttl"');
      const { code, stderr } = await read(amazon, wrong);
      expect(code).to.equal(1);
      expect(stderr).to.include('Unknown parameter').and.include('Ttl');
    });
  });

  describe('for octoDNS, by the parser and the order that it uses', () => {
    type Entry = { ttl: number; type: string; value?: string; values?: unknown[] };

    before(function () {
      return needModules(this, 'yaml, natsort', 'python3-yaml python3-natsort');
    });

    it('has every set under its name, with the members that octoDNS documents', async () => {
      for (const zone of plan.zones) {
        const { code, stdout, stderr } = await read(octo, formats.octodns.composeZone(zone, {}));
        expect(code, stderr).to.equal(0);
        const names = JSON.parse(stdout) as Record<string, Entry[]>;
        const entries = Object.entries(names).flatMap(([name, sets]) =>
          sets.flatMap(({ ttl, type, value, values = [value] }) =>
            values.map((one) => `${name === '' ? '' : `${name}.`}${zone.zone}. ${ttl} ${type} ${rdata(one)}`),
          ),
        );
        const planned = zone.records.flatMap((set) =>
          (set.type === 'TXT' ? set.values : composeRdata(set)).map(
            (data) => `${set.name}. ${set.ttl} ${set.type} ${data}`,
          ),
        );
        expect(entries.sort()).to.deep.equal(planned.sort());
      }
    });

    /** In master-file form, as octoDNS makes it from its members; a text without quotes. */
    function rdata(value: unknown): string {
      if (typeof value === 'string') return value.replaceAll('\\;', ';');
      const members = value as Record<string, string | number>;
      if ('exchange' in members) return `${members['preference']} ${members['exchange']}`;
      if ('tag' in members) return `${members['flags']} ${members['tag']} "${members['value']}"`;
      expect(members).to.have.all.keys(
        'certificate_usage',
        'selector',
        'matching_type',
        'certificate_association_data',
      );
      return (
        `${members['certificate_usage']} ${members['selector']} ${members['matching_type']} ` +
        `${members['certificate_association_data']}`
      );
    }
  });
});
