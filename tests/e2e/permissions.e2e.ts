/**
 * The roles of the functions, held to what the functions do, in an emulator that enforces IAM: with all of its permissions
 * a function does all of its work; without any single one of them it fails at just what that is for; and there is none
 * that nobody needs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName } from '../../infra/names.ts';
import { statementsOf, templateOfFile } from '../infra/templates.ts';
import { hasEmulator } from '../support/aws-emulator.ts';
import { closeActor, isAllowed, openActor, type Actor } from './permissions-attempts.ts';
import {
  actionsOf,
  BY_ID,
  isAbout,
  permissionsIn,
  prefixesOf,
  readPolicy,
  without,
  writePolicy,
  type DeployedStatement,
  type Permission,
} from './permissions-policies.ts';
import { startEnforcing, type EnforcingSystem } from './permissions-system.ts';
import { FOR_OTHERS, ONLY_WARNED_OF, UNKNOWN_TO_EMULATOR } from './permissions-table.ts';
import { doWork, type Work } from './permissions-work.ts';

/** A function as it is deployed. */
interface Deployed {
  readonly role: string;
  readonly statements: readonly DeployedStatement[];
  /** What it did with all of its permissions. */
  readonly work: Work;
  /** Whoever has taken its role. */
  readonly actor: Actor;
}

describe.skipIf(!hasEmulator || process.platform !== 'linux')('permissions of functions', () => {
  let system: EnforcingSystem;
  const deployed = new Map<FunctionName, Deployed>();

  beforeAll(async () => {
    system = await startEnforcing();
    const policies = new Map<FunctionName, Pick<Deployed, 'role' | 'statements'>>();
    for (const name of FUNCTIONS) {
      const role = await system.roleOf(name);
      const statements = await readPolicy(system.endpoint, role);
      await writePolicy(system.endpoint, role, statements);
      policies.set(name, { role, statements });
    }
    for (const [name, policy] of policies) {
      const actor = openActor(await system.actAs(policy.role));
      deployed.set(name, { ...policy, actor, work: await doWork(system, name) });
    }
  }, 180_000);
  afterAll(async () => {
    for (const { actor } of deployed.values()) closeActor(actor);
    await system?.stop();
  });

  /** What a function asks for itself, or else what others ask for in its name. */
  function permissionsOf(name: FunctionName, whose: 'own' | 'of others'): readonly Permission[] {
    const all = permissionsIn(deployed.get(name)!.statements);
    return all.filter((permission) => isForOthers(name, permission) === (whose === 'of others'));
  }

  /** Does something while a permission is taken away. */
  async function lacking<T>(name: FunctionName, permission: Permission, act: () => Promise<T>): Promise<T> {
    const { role, statements } = deployed.get(name)!;
    await writePolicy(system.endpoint, role, without(statements, permission));
    try {
      return await act();
    } finally {
      await writePolicy(system.endpoint, role, statements);
    }
  }

  describe.each(FUNCTIONS)('%s', (name) => {
    it('does all of its work with what it is allowed', () => {
      const { asked, calls } = deployed.get(name)!.work;
      expect(asked.filter(({ denied }) => denied)).toEqual([]);
      const failures = calls.flatMap(({ failure }) => failure ?? []);
      // DuckDB inside of the emulator does not know Athena's type of addresses
      if (name === 'Rules') expect(failures.join()).not.toMatch(/long-stay|one-of-many-ports/);
      else expect(failures).toEqual([]);
    });

    it('is allowed nothing that neither it nor anybody in its name asks for', () => {
      const { asked } = deployed.get(name)!.work;
      const isAsked = (permission: Permission): boolean => asked.some((each) => isAbout(permission, each));
      expect(
        permissionsOf(name, 'own')
          .filter((each) => !isAsked(each))
          .map(nameOf),
      ).toEqual([]);
      expect(permissionsOf(name, 'of others').filter(isAsked).map(nameOf)).toEqual([]);
    });

    it('fails at what a permission is for while that is missing, and says so', { timeout: 120_000 }, async () => {
      for (const permission of permissionsOf(name, 'own')) {
        const { asked, calls } = await lacking(name, permission, () => doWork(system, name));
        const denied = asked.filter((each) => each.denied);
        // the permissions that were taken away before are back: nothing else is denied
        const others = denied.filter((each) => !isAbout(permission, each));
        expect([nameOf(permission), denied.length > 0, others]).toEqual([nameOf(permission), true, []]);
        const failures = calls.flatMap(({ failure }) => failure ?? []);
        if (name !== 'Rules') {
          expect([nameOf(permission), failures]).toEqual([
            nameOf(permission),
            isOnlyWarnedOf(name, permission) ? [] : expect.arrayContaining([expect.any(String)]),
          ]);
        }
        const said = calls.map(({ failure = '', log }) => `${failure}\n${log}`).join('\n');
        expect([nameOf(permission), said]).toEqual([
          nameOf(permission),
          expect.stringMatching(`access denied; allow|not authorized to perform: ${permission.action}`),
        ]);
      }
      const { asked } = await doWork(system, name);
      expect(asked.filter(({ denied }) => denied)).toEqual([]);
    });

    it('lets others do in its name what they have to, with the permission for it and not without', async () => {
      const { actor } = deployed.get(name)!;
      for (const permission of permissionsOf(name, 'of others')) {
        const { statement, action, resource } = permission;
        const prefixes = prefixesOf(statement).map((pattern) => pattern.replace(/\*$/, ''));
        for (const prefix of prefixes.length === 0 ? [undefined] : prefixes) {
          const may = (): Promise<boolean> => isAllowed(actor, action, resource.replace(/\/\*$/, '/test'), prefix);
          const seen = { with: await may(), without: await lacking(name, permission, may) };
          expect([nameOf(permission), prefix, seen]).toEqual([
            nameOf(permission),
            prefix,
            { with: true, without: false },
          ]);
        }
      }
    });

    it('may do nothing of the kind elsewhere', async () => {
      const { actor, statements } = deployed.get(name)!;
      for (const { action, resource } of permissionsIn(statements)) {
        if (BY_ID.includes(action)) continue;
        const isListing = action === 's3:ListBucket';
        const place = isListing ? resource : elsewhere(resource);
        const isSo = await isAllowed(actor, action, place, isListing ? 'elsewhere/' : undefined);
        expect({ action, place, isAllowed: isSo }).toEqual({ action, place, isAllowed: false });
      }
    });
  });

  it('are listed as for others only where they are there', () => {
    const stale = Object.entries(FOR_OTHERS).flatMap(([sid, { of, actions = [], on = [] }]) =>
      of.flatMap((name) => {
        const statement = deployed.get(name)!.statements.find(({ Sid }) => Sid === sid);
        if (statement === undefined) return [`${name} ${sid}`];
        const resources = permissionsIn([statement]).map(({ resource }) => resource);
        return [
          ...actions.filter((action) => !actionsOf(statement).includes(action)),
          ...on.filter((end) => !resources.some((resource) => resource.endsWith(end))),
        ].map((part) => `${name} ${sid} ${part}`);
      }),
    );
    expect(stale).toEqual([]);
  });

  it('have the shape that AWS wants where the emulator knows nothing of them', () => {
    const known = new Set([...deployed.values()].flatMap(({ statements }) => statements.map(({ Sid }) => Sid)));
    const unknown = statementsOf(templateOfFile('everything').Resources).flatMap(({ id, statement }) =>
      FUNCTIONS.some((name) => id === `${name}Role`) && statement.Sid !== 'RunAsFunction' && !known.has(statement.Sid)
        ? [statement]
        : [],
    );
    expect(new Set(unknown.map(({ Sid }) => Sid))).toEqual(new Set(Object.keys(UNKNOWN_TO_EMULATOR)));
    for (const statement of unknown) expect(statement).toMatchObject(UNKNOWN_TO_EMULATOR[statement.Sid]!.shape);
  });
});

/** Whether a permission is one that no function asks for itself. */
function isForOthers(name: FunctionName, { statement, action, resource }: Permission): boolean {
  const entry = FOR_OTHERS[statement.Sid];
  if (entry === undefined || !entry.of.includes(name)) return false;
  return (entry.actions?.includes(action) ?? true) && (entry.on?.some((end) => resource.endsWith(end)) ?? true);
}

function isOnlyWarnedOf(name: FunctionName, { statement }: Permission): boolean {
  return ONLY_WARNED_OF.includes(`${name} ${statement.Sid}`);
}

function nameOf({ statement, action, resource }: Permission): string {
  return `${statement.Sid} ${action} ${resource}`;
}

/** Something of the same kind that no function has to do with. */
function elsewhere(resource: string): string {
  const isObject = resource.startsWith('arn:aws:s3:::') && resource.includes('/');
  return isObject ? resource.replace(/\/.*$/, '/elsewhere/test') : resource.replace(/(:\*)?$/, '-elsewhere$1');
}
