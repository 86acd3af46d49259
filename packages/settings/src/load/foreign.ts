// Names that other programs own as well.
//
// A value that another program set must not stop a start: `DEBUG=express:*`
// is for the npm package debug, and Kubernetes sets variables for each Service of a namespace
// (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables), among
// them `METRICS_PORT=tcp://10.0.0.1:9090` for a Service called metrics.

import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../problems/problem.ts';
import type { Candidate, SettingSource } from '../problems/source.ts';
import { enumValues, kindOf } from '../schema/kind.ts';
import type { Plan } from './plan.ts';

/** Names that the system, a shell or npm sets in every environment. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set(
  `COLOR COLORTERM DISPLAY EDITOR HOME HOST HOSTNAME HOSTTYPE INIT_CWD LANG LANGUAGE LOGNAME MACHTYPE
  MAIL NODE OLDPWD OSTYPE PAGER PATH PWD SHELL SHLVL TEMP TERM TERMINFO TMPDIR USER USERNAME VISUAL
  WINDIR`.split(/\s+/),
);

/** Whether a name of the environment is never a misspelt setting: `PATH` beside a setting `PATHS`. */
export function isSystemName(name: string, { kind }: SettingSource): boolean {
  return kind === 'environment' && SYSTEM_NAMES.has(name);
}

/** Whether another program set the value of a variable for its own use. */
export function isForeign(
  plan: Plan,
  variable: string,
  schema: TSchema,
  offer: Candidate,
): boolean {
  const { raw, source } = offer;
  if (typeof raw !== 'string' || raw === '' || source.kind === 'override') return false;
  const test = Object.hasOwn(plan.foreign, variable) ? plan.foreign[variable] : undefined;
  return test?.(raw) === true || isServicePort(variable, schema, offer);
}

/** Warns of a value that Kubernetes set: the application may listen on an unexpected port. */
export function foreignWarnings(
  variable: string,
  schema: TSchema,
  ignored: readonly Candidate[],
): Problem[] {
  return ignored
    .filter((offer) => isServicePort(variable, schema, offer))
    .map(({ source }) => {
      const message = 'is ignored: Kubernetes sets it for a service of that name';
      const hint = 'rename the service, or set enableServiceLinks to false';
      return { variable, message, source, hint, reason: 'ignored' };
    });
}

function isServicePort(variable: string, schema: TSchema, { raw }: Candidate): boolean {
  const isPort = kindOf(schema) === 'port' || (variable.endsWith('_PORT') && isNumeric(schema));
  return isPort && typeof raw === 'string' && /^(?:tcp|udp|sctp):/.test(raw);
}

/** Whether a schema has numbers alone, so that no string of Kubernetes can be its value. */
function isNumeric(schema: TSchema): boolean {
  const kind = kindOf(schema);
  if (kind === 'enum') return enumValues(schema)?.every((one) => typeof one === 'number') === true;
  if (kind !== 'union') return kind === 'integer' || kind === 'number' || kind === 'port';
  const members = (schema['anyOf'] as TSchema[]).filter(({ type }) => type !== 'null');
  return members.length > 0 && members.every(isNumeric);
}

/**
 * Finds the variables that Kubernetes sets for Services.
 * @param names The names of all variables in the environment.
 * @returns A test of a single name.
 */
export function serviceVariables(names: ReadonlySet<string>): (name: string) => boolean {
  const services = [...names].flatMap((name) => {
    const service = /^(.+)_SERVICE_HOST$/.exec(name)?.[1];
    return service !== undefined && names.has(`${service}_SERVICE_PORT`) ? [service] : [];
  });
  return (name) =>
    services.some(
      (service) =>
        name === `${service}_PORT` ||
        name.startsWith(`${service}_PORT_`) ||
        name.startsWith(`${service}_SERVICE_`),
    );
}
