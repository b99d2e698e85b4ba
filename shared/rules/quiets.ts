/** Whether the rules that rules quiet exist, and whether any are left that speak. */
import { suggest } from '../suggest.ts';
import type { ReadRule } from './read-rule.ts';
import { SEVERITIES, type Severity } from './rule.ts';
import type { ShapeReader, Text } from './shape.ts';

/** A rule and the file it comes from. */
export interface PlacedRule {
  readonly read: ReadRule;
  readonly reader: ShapeReader;
}

/**
 * Checks what the rules of all files quiet. A rule that is not loaded may be in another file, so that is a warning;
 * rules that quiet each other would all stay silent, which is an error.
 *
 * @param ids of every rule, also those that are not written in a file
 * @returns ids of the rules with an error
 */
export function checkQuiets(rules: readonly PlacedRule[], ids: ReadonlySet<string>): ReadonlySet<string> {
  const wrong = new Set<string>();
  const known = new Map<string, Set<string>>();
  const severities = new Map(
    rules.flatMap(({ read: { id, rule } }) => (rule === undefined ? [] : [[id, rule.severity]])),
  );
  for (const { read, reader } of rules) {
    for (const quieted of read.quiets) {
      if (!ids.has(quieted.text)) {
        reportUnknown(reader, quieted, ids);
      } else if (reaches(known, quieted.text, read.id)) {
        const message =
          quieted.text === read.id
            ? `\`${read.id}\` quiets itself`
            : `\`${read.id}\` can't quiet \`${quieted.text}\`, which quiets it`;
        reader.report('E312', quieted.span, message, 'a specific rule quiets a more general one, never the other way');
        wrong.add(read.id);
      } else {
        const quiets = known.get(read.id) ?? new Set();
        known.set(read.id, quiets.add(quieted.text));
        reportWorse(reader, quieted, read.rule?.severity, severities.get(quieted.text));
      }
    }
  }
  return wrong;
}

function reportUnknown(reader: ShapeReader, { text, span }: Text, ids: ReadonlySet<string>): void {
  const near = suggest(text, ids);
  const hint = near === undefined ? 'load the file it is in as well, or leave it out' : `did you mean \`${near}\`?`;
  reader.warn('W301', span, `no rule \`${text}\` is loaded that could be quieted`, hint);
}

/** Who hears only of the worst is not told of this rule's alerts, and would rely on the other's. */
function reportWorse(
  reader: ShapeReader,
  { text, span }: Text,
  own: Severity | undefined,
  other: Severity | undefined,
): void {
  if (own === undefined || other === undefined || SEVERITIES.indexOf(own) >= SEVERITIES.indexOf(other)) return;
  const hint = `it is held back only where ${own} alerts are told: raise this rule's severity, or leave it out`;
  reader.warn('W304', span, `this rule is ${own}, and quiets \`${text}\`, which is ${other}`, hint);
}

function reaches(quiets: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  if (from === to) return true;
  // what was added never closes a circle, so this comes to an end
  return [...(quiets.get(from) ?? [])].some((next) => reaches(quiets, next, to));
}
