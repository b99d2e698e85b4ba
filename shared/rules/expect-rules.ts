/** All expectations together as the two rules that they become, with what they tell the person who gets an alert. */
import { EXPECT_BY, UNEXPECTED_ACCEPT, UNEXPECTED_REJECT, type Expectation } from './expectation.ts';
import { acceptedInScope, excused, rejectedThoughExpected } from './expectations.ts';
import type { ExpectSettings } from './read-expect.ts';
import type { Rule } from './rule.ts';
import { stateKeyOf } from './state-key.ts';

const DAY = 86_400;

const COMMON = {
  severity: 'medium',
  tags: ['design'],
  by: EXPECT_BY,
  condition: { kind: 'match' },
  falsePositives: undefined,
  sharpenedBy: ['flow_direction', 'tcp_flags'],
} as const;

/**
 * Rules for the blocks of all files. What was let through although nobody wanted it stands open all day and is told
 * once a day; what is refused although it should work hurts at once, and is told again after an hour.
 *
 * @param quietable ids of the rules that there are besides, of which general ones about the same traffic are quieted
 */
export function rulesOfExpectations(
  blocks: readonly Expectation[],
  settings: ReadonlyMap<string, ExpectSettings>,
  quietable: ReadonlySet<string>,
): readonly Rule[] {
  const accept = {
    ...COMMON,
    id: UNEXPECTED_ACCEPT,
    title: 'accepted traffic that the security design does not expect',
    description:
      'Traffic was let through that no entry under `expect:` names: either something is open that should be closed, ' +
      'or the design is not what the network needs.',
    runbook:
      'The samples name both ends and the port. If nobody wants this connection, close it in the security group of ' +
      'the interface, or the network ACL of its subnet, and find out what opened it and what went through. If it is ' +
      'wanted, add it to `inbound` (others open it) or `outbound` (the interface opens it) of its block.',
    where: acceptedInScope(blocks),
    except: excused(blocks),
    suppress: DAY,
    quiets: ['egress-unexpected-port', 'unexpected-protocol'].filter((id) => quietable.has(id)),
    ...settings.get(UNEXPECTED_ACCEPT),
  };
  const rejected = rejectedThoughExpected(blocks);
  const reject = rejected && {
    ...COMMON,
    id: UNEXPECTED_REJECT,
    title: 'rejected traffic that the security design expects',
    description:
      'Traffic was refused that an entry under `expect:` names: something that should work does not, because a ' +
      'security group or network ACL is stricter than the design.',
    runbook:
      'The samples name both ends and the port. Refused on the way in, the security group of the interface lacks a ' +
      "rule for that source and port; on the way out, one for that target; where both have it, the subnet's network " +
      'ACL refuses. If it should be refused after all, take it out of its block.',
    where: rejected,
    except: undefined,
    suppress: DAY / 24,
    quiets: ['internal-reject'].filter((id) => quietable.has(id)),
    ...settings.get(UNEXPECTED_REJECT),
  };
  return [accept, ...(reject === undefined ? [] : [reject])].map((rule) => ({ ...rule, stateKey: stateKeyOf(rule) }));
}
