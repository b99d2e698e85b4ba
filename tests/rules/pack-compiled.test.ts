import { expect, test } from 'vitest';
import { compilePipelineRules, packPipelineRules, unpackPipelineRules } from '../../shared/pipeline-rules.ts';
import { builtInRules } from '../../bench/built-in-rules.ts';
import { benchRules } from '../../bench/rules.ts';
import type { CompiledRules } from '../../shared/rules/compile.ts';
import { evaluateRules } from '../../shared/rules/evaluate.ts';
import { loadRules } from '../../shared/rules/load.ts';
import { packCompiled, unpackCompiled, type PackedCompiled } from '../../shared/rules/pack-compiled.ts';
import { compileRules } from '../../shared/rules/compile.ts';
import type { Rule } from '../../shared/rules/rule.ts';
import { columnBatch } from '../support/batches.ts';

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** What compiling makes, without what is worked out while rules run. */
function plain({ rules, count, clauses, plans, addresses }: CompiledRules) {
  return { rules, count, clauses, plans, addresses };
}

function loaded(text: string): readonly Rule[] {
  const { rules, diagnostics } = loadRules([{ name: 'own.yml', text }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return rules;
}

/** Rules of every kind of plan: texts, patterns, small and large numbers, addresses of both families, exceptions. */
const EVERY_KIND = `
lists:
  crowded: [${Array.from({ length: 256 }, (_, i) => `10.1.2.${i}, 10.1.${i % 100}.128/25`).join(', ')}]
rules:
  - id: text
    where: action = REJECT and log_status != NODATA
  - id: pattern
    where: interface_id like 'eni-0*' and vpc_id not like '*-x' and vpc_id != vpc-1
    except: interface_id = eni-01
  - id: small
    where: dstport in (22, 3389, 8000-9000)
  - id: large
    where: bytes > 1000000 or packets < 3
  - id: addresses
    where: srcaddr in 2001:db8::/32 or dstaddr in (192.0.2.0/24, @crowded)
    except: srcaddr = 2001:db8::1
  - id: derived
    where: direction = ingress and server in @private
`;

test.each([
  ['the built-in ones', builtInRules()],
  ['many', benchRules(300)],
  ['of every kind', loaded(EVERY_KIND)],
  ['none', []],
])('rules come back as they are compiled: %s', (_, rules) => {
  const fresh = compilePipelineRules(rules);
  const unpacked = unpackPipelineRules(throughJson(packPipelineRules(rules)));
  expect(unpacked.all).toEqual(rules);
  for (const memory of ['immediate', 'windowed'] as const) {
    for (const table of ['vpc', 'tgw'] as const) {
      expect(plain(unpacked[memory][table])).toEqual(plain(fresh[memory][table]));
    }
  }
});

test('they find the same records, and no rule is unpacked before one matches', () => {
  const rules = loaded(EVERY_KIND);
  const packed = throughJson<PackedCompiled>(packCompiled(compileRules(rules)));
  let asked = 0;
  const unpacked = unpackCompiled(packed, () => {
    asked++;
    return rules;
  });
  const format = 'interface-id vpc-id srcaddr dstaddr dstport packets bytes start action';
  const quiet = {
    interface_id: 'eni-1',
    srcaddr: '10.0.0.1',
    dstaddr: '10.0.0.2',
    dstport: 443,
    packets: 5,
    bytes: 60,
  };
  const none = columnBatch(format, [{ fields: { ...quiet, start: 1_767_571_200, action: 'ACCEPT' } }]);
  expect(evaluateRules(unpacked, none)).toEqual([]);
  expect(asked).toBe(0);
  const some = columnBatch(
    format,
    [
      { dstport: 22 },
      { srcaddr: '2001:db8::2', dstaddr: '2001:db8::3' },
      { srcaddr: '2001:db8::1', dstaddr: '2001:db8::3' },
      { dstaddr: '10.1.2.77' },
      { interface_id: 'eni-02', vpc_id: 'vpc-2' },
      { interface_id: 'eni-01', vpc_id: 'vpc-2' },
      { bytes: 2_000_000 },
      { action: 'REJECT' },
    ].map((fields) => ({ fields: { ...quiet, start: 1_767_571_200, action: 'ACCEPT', ...fields } })),
  );
  const found = evaluateRules(unpacked, some);
  expect(found).toEqual(evaluateRules(compileRules(rules), some));
  expect(found.map(({ rule }) => rule.id)).toEqual(['pattern', 'small', 'large', 'addresses']);
  expect(asked).toBe(1);
});
