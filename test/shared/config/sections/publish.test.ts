import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'what is published',
  `
  publish: { zones: [a b] }
    publish.zones[0] | a b | is not a name | write a domain such as example.com
  publish: { spf: { terms: ["-all"] } }
    publish.spf.terms[0] | -all | belongs at the end | publish.spf.all
  publish: { spf: { terms: ["redirect=_spf.example.net"] } }
    publish.spf.terms[0] | redirect=_spf.example.net | counts only without | write include:_spf.example.net
  publish: { spf: { terms: ["ip4:2001:db8::/32"] } }
    publish.spf.terms[0] | ip4:2001:db8::/32 | is not an IPv4 network | write ip4:192.0.2.0/24
  publish: { spf: { terms: ["ip4:0.0.0.0/0"] } }
    publish.spf.terms[0] | ip4:0.0.0.0/0 | large part of the internet | narrower
  publish: { spf: { terms: ["ptr"] } }
    publish.spf.terms[0] | ptr | is not a term of SPF | include:
  publish: { spf: { terms: ["include:"] } }
    publish.spf.terms[0] | include: | is not a term of SPF | include:
  publish: { spf: { all: strict } }
    publish.spf.all | strict | known words | fail, softfail or neutral
  publish: { dmarc: { policy: rejct } }
    publish.dmarc.policy | rejct | known words | write reject
  publish: { dmarc: { rua: [example.com] } }
    publish.dmarc.rua[0] | example.com | is not an address | dmarc@example.com
  publish: { tlsRpt: { rua: ["a;b@example.com"] } }
    publish.tlsRpt.rua[0] | a;b@example.com | is not an address | dmarc@example.com
  publish: { mtaSts: { mode: test } }
    publish.mtaSts.mode | test | known words | write
  publish: { mtaSts: { maxAge: 60s } }
    publish.mtaSts.maxAge | 60s | too short | write 1h or more
  publish: { ttl: 0s }
    publish.ttl | 0s | too short | write 1s or more
  publish: { texts: { example.com: ["v=spf1 -all"] } }
    publish.texts["example.com"][0] | v=spf1 -all | is a second record of a kind | publish.spf.terms
  publish: { texts: { example.com: ["v=DMARC1; p=none"] } }
    publish.texts["example.com"][0] | v=DMARC1; p=none | is a second record of a kind | publish.dmarc
  publish: { texts: [x] }
    publish.texts | ["x"] | is not a mapping | example.com:
  publish: { texts: { "not a name": [x] } }
    publish.texts["not a name"] | not a name | is not a name | full name
  publish: { certificates: [next.crt] }
    publish.certificates[0] | next.crt | relative path | starting with /
  publish: { caa: [https://letsencrypt.org] }
    publish.caa[0] | https://letsencrypt.org | is a URL | write
  dkim: { keys: dkim }
    dkim.keys | dkim | relative path | starting with /
`,
);

describe('the keys of what is published', () => {
  it('are harmless by default', () => {
    const { settings } = readText(minimal());
    expect(settings?.publish).to.deep.include({
      spf: { terms: [], all: 'softfail' },
      dmarc: { policy: 'none', rua: [] },
      mtaSts: { mode: 'testing', maxAgeMs: 604_800_000, host: null },
      tlsRpt: { rua: [] },
      caa: [],
    });
  });

  it('are read in one form: names in A-labels, addresses without mailto', () => {
    const { settings, faults } = readText(
      `${minimal()}
publish:
  zones: [Bücher.example]
  texts: { Example.com: [a, b], example.COM: c }
  dmarc: { rua: ["mailto:d@Bücher.example"] }
  spf: { terms: ["include:_spf.example.net", "ip6:2001:db8::/32", "a:mail.example.net/24", mx, "~exists:%{i}.example.net"] }`,
    );
    expect(faults).to.be.empty;
    expect(settings?.publish.zones).to.deep.equal(['xn--bcher-kva.example']);
    expect(settings?.publish.texts).to.deep.equal(new Map([['example.com', ['a', 'b', 'c']]]));
    expect(settings?.publish.dmarc.rua).to.deep.equal(['d@xn--bcher-kva.example']);
    expect(settings?.publish.spf.terms).to.have.length(5);
  });
});
