export interface Release {
  readonly packageJson: string;
  readonly pyproject: string;
  readonly changelog: string;
  /** As `git status --porcelain` tells. */
  readonly changes: string;
}

/** Why what is packed may not be published. */
export function hindrances({ packageJson, pyproject, changelog, changes }: Release): readonly string[] {
  const { version, repository, private: isPrivate } = JSON.parse(packageJson);
  const found = {
    'package.json says "private": true, until somebody owns the name': isPrivate === true,
    'package.json names no repository': repository === undefined,
    'client-python/pyproject.toml has the classifier "Private :: Do Not Upload"':
      pyproject.includes('"Private ::'),
    [`client-python/pyproject.toml does not have version ${version}`]: !pyproject.includes(
      `\nversion = "${version}"\n`,
    ),
    [`CHANGELOG.md has no heading "## ${version} (date)"`]: !changelog.includes(`\n## ${version} (20`),
    'the checkout has changes that are not committed': changes !== '',
  };
  return Object.keys(found).filter((reason) => found[reason]);
}
