import type { Side } from './caller.ts';
import { ACTIONS, type Action, PERMISSIONS } from './permissions.ts';
import type { CallerRole } from './role.ts';

/** Roles that there can be on each side, in the order of the columns. */
export const ROLES_OF = {
  centre: ['operator', 'supervisor', 'admin', 'auditor', 'consumer', 'source'],
  police: ['dispatcher', 'consumer'],
} as const satisfies Record<Side, readonly CallerRole[]>;

const HEAD = `# Who may do what

Made from \`src/access/permissions.ts\` (\`npm run generate\`), which is what the gateway goes by. Every route of
[the API](api.md) and every message of [the live socket](protocol.md) names one of these actions, and a route that
names none keeps the gateway from starting. A test asks every route, every message and every action of a request
with every role, with none, and with a token of the other side, and compares what is answered with this table.

**yes**: it may; **all**: whoever it is, without saying so; **not limited**: it may, unless it is
[limited to sites](api.md#limited-to-sites). On the police side the share decides besides: an empty cell there is
answered like what does not exist.
`;

/** docs/reference/permissions.md. */
export function permissionsDocument(): string {
  const parts = [table('centre', '## At the centre'), table('police', '## For the police')];
  return [HEAD, ...parts].join('\n');
}

function table(side: Side, title: string): string {
  const roles: readonly CallerRole[] = ROLES_OF[side];
  const shown = ACTIONS.filter((action) => PERMISSIONS[action][side].length > 0);
  return [
    `${title}\n`,
    row(['Action', 'What it is', ...roles]),
    row(['---', '---', ...roles.map(() => ':-:')]),
    ...shown.map((action) =>
      row([
        `\`${action}\``,
        PERMISSIONS[action].what,
        ...roles.map((of) => cell(action, side, of)),
      ]),
    ),
    '',
  ].join('\n');
}

function cell(action: Action, side: Side, role: CallerRole): string {
  const rule: (typeof PERMISSIONS)[Action] = PERMISSIONS[action];
  const who: readonly CallerRole[] | 'everybody' = rule[side];
  if (who === 'everybody') return 'all';
  if (!who.includes(role)) return '';
  return 'whole' in rule ? 'not limited' : 'yes';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`.replace(/ {2,}/g, ' ');
}
