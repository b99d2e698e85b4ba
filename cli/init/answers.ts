/** What a new sekisho.yml is made from. */

/** A source as it was asked for; all of it is text, as it may still be wrong. */
export type SourceAnswer =
  | {
      readonly kind: 'log-group';
      readonly logGroup: string;
      /** Empty where nothing was said. */
      readonly formats: readonly string[];
      /** What the flow log watches that is to be created; undefined where there is one already. */
      readonly create: { readonly resource: string; readonly retentionDays: string | undefined } | undefined;
    }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string };

/** All that was asked for. */
export interface Answers {
  readonly name: string;
  readonly region: string | undefined;
  readonly sources: readonly SourceAnswer[];
  readonly emails: readonly string[];
}

/** What is answered so far. */
export type PartialAnswers = { readonly [Key in keyof Answers]?: Answers[Key] | undefined };

/** The answers with what is taken where nothing was said. */
export function complete({ name = 'sekisho', region, sources = [], emails = [] }: PartialAnswers): Answers {
  return { name, region, sources, emails };
}
