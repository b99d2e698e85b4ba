/** The tables of the template as the Glue catalog would get them, over a bucket of any name. */
import type { TableInput } from '@aws-sdk/client-glue';
import { tables } from '../../infra/tables.ts';
import { DEFAULT_CONFIG, type Config } from '../../shared/config/config.ts';

/** Every table of a deployment, its placeholders filled in. */
export function tableInputs(lake: string, config: Partial<Config> = {}): readonly TableInput[] {
  const { Resources } = tables({ config: { ...DEFAULT_CONFIG, ...config }, rules: [], lists: [] });
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Glue::Table')
    .map(({ Properties }) => filledIn(Properties!['TableInput'], lake) as TableInput);
}

function filledIn(value: unknown, lake: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => filledIn(each, lake));
  if ('Fn::Sub' in value) {
    const text = String(value['Fn::Sub']).replaceAll('${Lake}', lake).replaceAll('${AWS::AccountId}', '123456789012');
    if (/\$\{(?!!)/.test(text)) throw new Error(`nothing is known for a placeholder in ${text}`);
    return text.replaceAll('${!', '${');
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each, lake)]));
}
