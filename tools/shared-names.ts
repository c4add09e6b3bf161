/**
 * Names that two or more files of packages export for different things. A name that a file only passes on has the home of its
 * declaration. A type and a value of one name in one file are one thing.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** @returns by name, the files that declare and export it, if there are two or more */
export function sharedNames(root: string): Map<string, readonly string[]> {
  const homes = new Map<string, string[]>();
  for (const path of globSync('packages/*/src/**/*.ts', { cwd: root }).sort())
    for (const name of exportedNames(path, readFileSync(join(root, path), 'utf8')))
      homes.set(name, [...(homes.get(name) ?? []), path]);
  return new Map([...homes].filter(([, paths]) => paths.length > 1).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function exportedNames(path: string, text: string): Set<string> {
  const names = new Set<string>();
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements)
    for (const name of namesOf(statement)) names.add(name);
  return names;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) return newNames(statement);
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  const named = statement as ts.Statement & { readonly name?: ts.Identifier };
  return named.name ? [named.name.text] : [];
}

/** What `export { a as b }` declares. A name that is passed on unchanged from another file declares nothing. */
function newNames({ exportClause, moduleSpecifier }: ts.ExportDeclaration): string[] {
  if (!exportClause || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements
    .filter(({ propertyName }) => !moduleSpecifier || propertyName)
    .map(({ name }) => name.text);
}
