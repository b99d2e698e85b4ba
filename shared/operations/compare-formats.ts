/** Tells a flow log's format from the configured ones. */
import { parseFormat, type Format } from '../flow/format.ts';

/** How a flow log's format compares with the configured ones. */
export type FormatComparison =
  | { readonly kind: 'same' }
  /** What is different from the nearest configured format, as a clause. */
  | { readonly kind: 'different'; readonly difference: string }
  /** This version knows no such field, or it is no format. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** Compares the format that EC2 tells of a flow log with what the configuration says of its log group. */
export function compareFormats(actual: string, configured: readonly string[]): FormatComparison {
  const format = parseFormat(actual);
  if ('kind' in format) return { kind: 'unreadable', message: format.message };
  const known = configured.map(parseFormat).filter((each): each is Format => !('kind' in each));
  if (known.some(({ text }) => text === format.text)) return { kind: 'same' };
  if (known.length === 0) return { kind: 'different', difference: 'no format is configured' };
  const nearest = known.toSorted((a, b) => distance(a, format) - distance(b, format))[0]!;
  return { kind: 'different', difference: differenceOf(nearest, format) };
}

function distance(a: Format, b: Format): number {
  return missing(a, b).length + missing(b, a).length;
}

/** Names that `format` holds and `other` does not. */
function missing(format: Format, other: Format): readonly string[] {
  const names = new Set(other.fields.map(({ name }) => name));
  return format.fields.map(({ name }) => name).filter((name) => !names.has(name));
}

function differenceOf(configured: Format, actual: Format): string {
  const extra = missing(actual, configured);
  const lacking = missing(configured, actual);
  const parts = [
    ...(extra.length > 0 ? [`it also has ${list(extra)}`] : []),
    ...(lacking.length > 0 ? [`it lacks ${list(lacking)}`] : []),
  ];
  if (parts.length > 0) return parts.join(' and ');
  const place = actual.fields.findIndex(({ name }, index) => configured.fields[index]!.name !== name);
  const found = actual.fields[place]!.name;
  return `the order differs: field ${place + 1} is \`${found}\`, not \`${configured.fields[place]!.name}\``;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `\`${name}\``);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}
