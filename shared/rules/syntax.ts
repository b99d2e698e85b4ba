/** An expression as it was written: what the parser returns, before fields, lists and values are looked at. */
import type { Span } from './diagnostics.ts';
import type { TestOperator } from './expression.ts';

/** A word in the place of a value, a list's name, or a field's name. */
export interface Written {
  readonly kind: 'word' | 'quoted' | 'list';
  readonly text: string;
  readonly span: Span;
}

/** A parsed expression. `broken` stands for a part that has been reported already. */
export type Syntax =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Syntax[]; readonly span: Span }
  | { readonly kind: 'not'; readonly term: Syntax; readonly span: Span }
  | {
      readonly kind: 'test';
      readonly field: Written;
      readonly operator: TestOperator;
      /** One value for a comparison, any number for the others. */
      readonly values: readonly Written[];
      readonly span: Span;
    }
  | { readonly kind: 'presence'; readonly field: Written; readonly span: Span }
  | { readonly kind: 'broken'; readonly span: Span };
