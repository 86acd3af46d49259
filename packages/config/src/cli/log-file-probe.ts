import { constants, type Stats } from 'node:fs';
import { access, open, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigurationError, ErrorCode } from '@map/errors';
import type { Finding, Probe } from './probe.ts';

/** Tests whether a log file is writable, without creating or changing it. */
export function logFileProbe(path: string): Probe {
  const file = resolve(path);
  return {
    name: 'log file',
    target: file,
    run: async () => {
      const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (found?.isDirectory()) throw unusableFile('It is a directory.', 'EISDIR');
      if (found?.isSocket()) throw unusableFile('It is a socket.', 'ENXIO');
      if (found !== undefined) {
        await openFor(file, found);
        if (found.isFIFO()) return { message: 'It is a named pipe with a reader.' };
        if (!found.isFile()) return { message: 'It is a device, which can be opened for writing.' };
        return { message: `The file is writable; its size is ${found.size} bytes.` };
      }
      const link = await readlink(file).catch(() => undefined);
      if (link !== undefined) return await throughLink(resolve(dirname(file), link));
      return await inFolder(dirname(file));
    },
    remedy: (error) => {
      const code =
        error instanceof ConfigurationError
          ? error.details['system_code']
          : (error as NodeJS.ErrnoException).code;
      if (code === 'EISDIR') return 'Set LOG_FILE to a file in that directory.';
      if (code === 'ENXIO')
        return 'Set LOG_FILE to a regular file, or to a path that does not exist yet.';
      if (code === 'ENOENT') return 'Create the directory of the target, or change LOG_FILE.';
      if (code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG')
        return 'Set LOG_FILE to a path that can exist: it goes through a file, a circle of links, or a name that is too long.';
      return `Allow this user to write ${file}, or change LOG_FILE.`;
    },
  };
}

/** Opens it as the logger does: without O_NONBLOCK, a named pipe would wait for a reader. */
async function openFor(file: string, found: Stats): Promise<void> {
  try {
    const { O_APPEND, O_NONBLOCK, O_WRONLY } = constants;
    await (await open(file, O_APPEND | O_NONBLOCK | O_WRONLY)).close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENXIO') throw error;
    if (found.isFIFO()) throw unusableFile('It is a named pipe without a reader.', code);
    throw unusableFile('It is a device that is not connected.', code);
  }
}

/** A symbolic link to a file that does not exist; the logger creates the file, and no directory. */
async function throughLink(target: string): Promise<Finding> {
  try {
    return await inExistingFolder(dirname(target));
  } catch (error) {
    const { code = 'ENOENT' } = error as NodeJS.ErrnoException;
    throw unusableFile(`It is a symbolic link to ${target}, which cannot be created.`, code);
  }
}

async function inExistingFolder(folder: string): Promise<Finding> {
  await access(folder, constants.W_OK | constants.X_OK);
  return { message: 'The file does not exist yet; its directory is writable.' };
}

/** The logger creates missing directories. */
async function inFolder(folder: string): Promise<Finding> {
  try {
    return await inExistingFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await inFolder(dirname(folder));
    return { message: 'Neither the file nor its directory exists yet; both can be created.' };
  }
}

function unusableFile(message: string, code: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message,
    details: { system_code: code },
  });
}
