import type { Browser, Page } from 'playwright-core';
import { provide } from './provision.ts';

const source = {
  name: 'chromium',
  // The browser and the libraries that a small system lacks.
  packages: [
    'chromium',
    'chromium-common',
    'libasyncns0',
    'libcolord2',
    'libdouble-conversion3',
    'libepoxy0',
    'libflac12',
    'libgtk-3-0',
    'libharfbuzz-subset0',
    'libminizip1',
    'libmp3lame0',
    'libmpg123-0',
    'libogg0',
    'libopenh264-7',
    'libopenjp2-7',
    'libopus0',
    'libpulse0',
    'libsndfile1',
    'libvorbis0a',
    'libvorbisenc2',
    'libwayland-cursor0',
    'libwayland-egl1',
    'libxnvctrl0',
  ],
};

/** A finding of axe-core about a page. */
export interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  /** The elements, as selectors. */
  readonly targets: readonly string[];
}

/**
 * Starts a headless Chromium.
 *
 * @returns the browser; close it after the test
 * @throws Error that says what to install where there is no Chromium available
 */
export async function startChromium(): Promise<Browser> {
  const [{ chromium }, { path, env }] = await Promise.all([
    import('playwright-core'),
    provide(source),
  ]);
  // The script in /usr/bin reads settings of an installed package.
  const executablePath =
    env['LD_LIBRARY_PATH'] === undefined
      ? path
      : path.replace(/usr\/bin\/chromium$/, 'usr/lib/chromium/chromium');
  const libraries = env['LD_LIBRARY_PATH'] ?? '';
  return chromium.launch({
    executablePath,
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: libraries
        .split(':')
        .flatMap((folder) => [folder, `${folder}/pulseaudio`])
        .join(':'),
    },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

/** Runs axe-core in a page. */
export async function axeFindings(page: Page): Promise<AxeFinding[]> {
  const { default: axe } = await import('axe-core');
  // Code that the debugger evaluates is not subject to the page's Content-Security-Policy.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
  };
  return violations.map(({ id, impact, nodes }) => ({
    id,
    impact,
    targets: nodes.map(({ target }) => target.join(' ')),
  }));
}
