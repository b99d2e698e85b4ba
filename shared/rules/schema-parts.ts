/** Pieces of the JSON Schema of rule files: texts, numbers, durations, fields, the forms of a condition. */
import { DERIVED_FIELDS } from '../flow/derived.ts';
import { FIELDS, type Field } from '../flow/fields.ts';
import { durationPattern } from './duration-pattern.ts';
import { MEASURES } from './measure.ts';
import { DURATION } from './quantity.ts';

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

const LAST_PORT = 65_535;
const COLUMNS = [...FIELDS, ...DERIVED_FIELDS].map(({ column }) => column);

/** What other parts refer to by name. */
export const DEFINITIONS: Readonly<Record<'text' | 'time' | 'field' | 'values' | 'numbers' | 'ports', Schema>> = {
  // YAML reads some texts as numbers or booleans
  text: { type: ['string', 'number', 'boolean'] },
  time: { type: 'string', pattern: DURATION.source, examples: ['10m', '1h', '1d'] },
  field: { enum: [...new Set(COLUMNS.flatMap((column) => [column, column.replaceAll('_', '-')]))] },
  values: oneOrMore({ type: ['string', 'number', 'null'] }),
  // ranges are texts
  numbers: oneOrMore({ type: ['string', 'number', 'null'], minimum: 0 }),
  ports: oneOrMore({ type: ['string', 'number', 'null'], minimum: 0, maximum: LAST_PORT }),
};

/** Free text. */
export const TEXT = refer('text');

/** A duration such as `10m`. */
export const TIME = refer('time');

/** A duration from a minute to `most` seconds. */
export function timeUpTo(most: number): Schema {
  return { type: 'string', pattern: durationPattern(most) };
}

/** The name of a field, recorded or derived, with `_` or `-`. */
export const FIELD = refer('field');

/** A field's value in a test's records, or several, by what the field can hold. */
export function valuesOf({ type, max }: Field): Schema {
  if (type === 'address' || type === 'string') return refer('values');
  return refer(max === LAST_PORT ? 'ports' : 'numbers');
}

/** An expression; editors can't check it, so that only its kind is said. */
export const EXPRESSION: Schema = { type: 'string', minLength: 1 };

/** One of something, or a list of it, of which more may be asked. */
export function oneOrMore(item: Schema, more: Schema = {}): Schema {
  return { anyOf: [item, { type: 'array', items: item, ...more }] };
}

/** A mapping of which every key is known, each with what it means. */
export function mapping<Key extends string>(
  meanings: Readonly<Record<Key, string>>,
  schemas: Readonly<Record<NoInfer<Key>, Schema>>,
  more: Schema = {},
): Schema {
  const properties = Object.entries<string>(meanings).map(([key, description]) => {
    return [key, { description, ...schemas[key as Key] }];
  });
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties), ...more };
}

/** A schema that stands under `$defs`. */
export function refer(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

/** A condition in any of its forms. */
export const WHEN: Schema = {
  type: 'string',
  anyOf: conditionForms().map(([title, ...parts]) => ({ title, pattern: `^\\s*${parts.join('\\s*')}\\s*$` })),
  examples: [
    'count() >= 10',
    'sum(bytes) > 5GB',
    'distinct(dstport) >= 50',
    'rate(bytes) >= 10MB',
    'no records for 45m',
    'new server_port over 14d',
    'sum(bytes) > 4 × usual over 14d and at least 1GB',
  ],
};

/** Title and parts of each form; spaces may stand between the parts. */
function conditionForms(): readonly (readonly string[])[] {
  const field = '[A-Za-z0-9_-]+';
  const number = '\\d+(\\.\\d+)?[A-Za-z]*';
  const time = DURATION.source.slice(1, -1);
  const measure = `(${MEASURES.map(anyCase).join('|')})\\s*\\(\\s*(${field})?\\s*\\)`;
  const usual = [measure, '>', '\\d+(\\.\\d+)?', '[xX×*]', anyCase('usual'), anyCase('over'), time];
  const least = `(${['and', 'at', 'least'].map(anyCase).join('\\s+')}\\s+${number})?`;
  return [
    ['a measure of a window', measure, '>=?', number],
    ['no records for a time', ...['no', 'records', 'for'].map((word) => `${anyCase(word)}\\s`), time],
    ['a value that is new', `${anyCase('new')}\\s`, `${field}\\s`, anyCase('over'), time],
    ['a measure beside what is usual', ...usual, least],
  ];
}

function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}
