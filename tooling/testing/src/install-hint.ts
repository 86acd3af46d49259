import { readFileSync } from 'node:fs';

/** The kinds of system whose package manager is known here. */
export type System = 'debian' | 'fedora' | 'arch' | 'alpine' | 'macos' | 'windows' | 'other';

const installers = {
  debian: 'sudo apt-get install',
  fedora: 'sudo dnf install',
  arch: 'sudo pacman -S',
  alpine: 'sudo apk add',
  macos: 'brew install',
} as const;

/** Names of a program's package on systems that name it differently from Debian. */
export type PackageNames = Partial<Record<keyof typeof installers, string>>;

const families: readonly [System, RegExp][] = [
  ['debian', /^(debian|ubuntu)$/],
  ['fedora', /^(fedora|rhel|centos)$/],
  ['arch', /^arch$/],
  ['alpine', /^alpine$/],
];

/**
 * Names the kind of system.
 *
 * @param platform - `process.platform`
 * @param osRelease - the text of `/etc/os-release`, where there is one
 */
export function systemOf(
  platform: string = process.platform,
  osRelease: string = readOsRelease(),
): System {
  if (platform === 'darwin') return 'macos';
  if (platform === 'win32') return 'windows';
  const value = (key: string): string =>
    new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const ids = `${value('ID')} ${value('ID_LIKE')}`.split(/\s+/);
  return families.find(([, pattern]) => ids.some((id) => pattern.test(id)))?.[0] ?? 'other';
}

/**
 * Says in one sentence how to install a program.
 *
 * @param program - the file's name
 * @param debianPackage - Debian's name of its package
 * @param names - its name on other systems
 * @param system - the kind of system
 */
export function installHint(
  program: string,
  debianPackage: string,
  names: PackageNames = {},
  system: System = systemOf(),
): string {
  if (system === 'windows') {
    return `Windows is not supported directly: run "wsl --install", and repeat this command inside WSL.`;
  }
  if (system === 'other') return `Install ${program} and put it on PATH.`;
  const name = names[system] ?? names.debian ?? debianPackage;
  return `Install it with: ${installers[system]} ${name}`;
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
