/** The part of a configuration in which nothing is wrong on its own, so that it can be checked together. */
import type { Complaint } from './complaint.ts';

/** Where something is wrong. */
interface Issue {
  readonly path: readonly PropertyKey[];
}

/** What is left, and where in the whole a complaint about it belongs. */
interface SoundPart {
  readonly sound: unknown;
  readonly place: (complaint: Complaint) => Complaint;
}

/**
 * Leaves out sections with something wrong in them; of the sources those alone that have it. What is left out is missed
 * by no check of the others: each looks at its own section, its own source, or what two of them have in common.
 */
export function soundPart(written: unknown, issues: readonly Issue[]): SoundPart {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return { sound: {}, place: (complaint) => complaint };
  }
  const faulty = new Set(issues.map(({ path }) => path[0]));
  const sections = Object.entries(written).filter(
    ([name]) => !faulty.has(name) && !issues.some((issue) => isUnknown(issue, name)),
  );
  const { sources } = written as { readonly sources?: unknown };
  const inSources = issues.filter(({ path }) => path[0] === 'sources');
  if (!Array.isArray(sources) || inSources.length === 0 || inSources.some(({ path }) => path.length === 1)) {
    return { sound: Object.fromEntries(sections), place: (complaint) => complaint };
  }
  const wrong = new Set(inSources.map(({ path }) => path[1]));
  const left = [...sources.keys()].filter((index) => !wrong.has(index));
  return {
    sound: { ...Object.fromEntries(sections), sources: left.map((index) => sources[index] as unknown) },
    place: ({ path, message }) =>
      path[0] === 'sources'
        ? { path: ['sources', left[Number(path[1])]!, ...path.slice(2)], message }
        : { path, message },
  };
}

/** Whether a section is one that there is not. */
function isUnknown(issue: Issue, name: string): boolean {
  return issue.path.length === 0 && 'keys' in issue && (issue.keys as readonly string[]).includes(name);
}
