import { resolve } from 'node:path';
import { Application, PageEvent, type ProjectReflection } from 'typedoc';
import { Complaints } from './complaints.ts';
import { type Entry, entriesOf } from './entries.ts';
import { guidesOf } from './guides.ts';
import { addGuides, linkNames, lookupIn, type Page } from './mentions.ts';

/**
 * Builds the API reference: every export of every entry with its docstring, and the guides, linked
 * both ways.
 *
 * @param root - the repository's root
 * @param out - the folder to write, which is emptied
 * @returns the complaints: exports without a docstring, links that lead nowhere; none if it is whole
 */
export async function buildReference(root: string, out: string): Promise<string[]> {
  const entries = entriesOf(root);
  const guides = guidesOf(root);
  const app = await Application.bootstrap({
    name: 'MAP',
    entryPoints: entries.map(({ file }) => resolve(root, file)),
    tsconfig: resolve(root, 'tooling/reference/tsconfig.json'),
    basePath: root,
    readme: resolve(root, 'docs/README.md'),
    projectDocuments: guides.map(({ file }) => resolve(root, file)),
    // `pnpm check` does it with the compiler that the packages use.
    skipErrorChecking: true,
    disableGit: true,
    disableSources: true,
    excludeInternal: true,
    excludeExternals: true,
    searchInComments: true,
    searchInDocuments: true,
    hideGenerator: true,
    highlightLanguages: [
      'bash',
      'css',
      'html',
      'http',
      'javascript',
      'json',
      'python',
      'yaml',
    ].concat('ini', 'dockerfile', 'sql', 'typescript'),
    requiredToBeDocumented: ['Class', 'Enum', 'Function', 'Interface', 'TypeAlias', 'Variable'],
    // Its links have anchors that the page of all classes does not have.
    includeHierarchySummary: false,
    validation: {
      invalidLink: true,
      invalidPath: true,
      notDocumented: true,
      notExported: true,
      rewrittenLink: true,
      unusedMergeModuleWith: true,
    },
  });
  const complaints = new Complaints();
  app.logger = complaints;
  const project = await app.convert();
  if (!project) return [...complaints.list, 'the sources cannot be read'];
  nameModules(project, entries);
  const pages = (project.documents ?? []).flatMap((document): Page[] => {
    const guide = guides.find(({ file }) => document.name === file.replace(/\.md$/, ''));
    if (!guide) return [];
    // A guide that is called as its package needs another name than the module.
    document.name = guide.title.replace(/^@/, 'Guide to @');
    return [{ guide, document }];
  });
  const lookup = lookupIn(project);
  addGuides(project, pages, lookup);
  app.validate(project);
  app.renderer.on(PageEvent.END, (event: PageEvent) => {
    const page = pages.find(({ document }) => document === event.model);
    if (!page || event.contents === undefined) return;
    event.contents = linkNames(event.contents, (name) => {
      const target = lookup(name, page.guide);
      return target && app.renderer.router?.relativeUrl(page.document, target);
    });
  });
  await app.generateDocs(project, out);
  return complaints.list;
}

/** TypeDoc names a module after its file; users know it by the name that they import. */
function nameModules(project: ProjectReflection, entries: readonly Entry[]): void {
  const names = new Map(
    entries.map(({ name, file }) => [file.replace(/(\/index)?\.ts$/, ''), name]),
  );
  for (const module of project.children ?? []) {
    module.name = names.get(module.name) ?? module.name;
  }
}
