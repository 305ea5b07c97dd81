import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AspectPriority, Aspects, AssetHashType, DockerImage, Lazy } from 'aws-cdk-lib';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type FunctionSettings, SETTINGS_FILE } from '../../contract/function-settings.ts';
import { type Files, functionBundle } from './function-bundles.ts';

/** Lambda's name of the entry: file `index.mjs`, export `handler`. */
export const HANDLER = 'index.handler';

/**
 * Writes what the function consists of: minified ES modules, SDK clients included, and its settings.
 *
 * @param outputDirectory an existing directory.
 */
export function bundleFunction(outputDirectory: string, settings: FunctionSettings): void {
  writeFiles(functionBundle('refresher'), outputDirectory);
  writeFileSync(join(outputDirectory, SETTINGS_FILE), `${JSON.stringify(settings, null, 2)}\n`);
}

function writeFiles(files: Files, outputDirectory: string): void {
  for (const [name, contents] of files) writeFileSync(join(outputDirectory, name), contents);
}

/**
 * The function's code asset. It holds the settings of all tokens, so it is made at synthesis, when the last token
 * has been added, and not when the function is constructed.
 */
export class FunctionCode extends Code {
  readonly isInline = false;
  readonly #settings: () => FunctionSettings;

  constructor(settings: () => FunctionSettings) {
    super();
    this.#settings = settings;
  }

  override bind(scope: Construct): CodeConfig {
    let asset: CodeConfig['s3Location'];
    const makeAsset = (node: unknown) => {
      if (node === scope) asset ??= assetOf(this.#settings()).bind(scope).s3Location;
    };
    Aspects.of(scope).add({ visit: makeAsset }, { priority: AspectPriority.MUTATING });
    return {
      s3Location: {
        bucketName: Lazy.string({ produce: () => asset?.bucketName }),
        objectKey: Lazy.string({ produce: () => asset?.objectKey }),
      },
    };
  }
}

const assetOf = (settings: FunctionSettings): Code =>
  assetMadeBy(
    (outputDirectory) => bundleFunction(outputDirectory, settings),
    // The CDK reuses an asset with equal options and does not see what tryBundle closes over. Without this, the second
    // environment of an app would get the settings of the first.
    { SETTINGS: JSON.stringify(settings) },
  );

/** The code of the function that cleans up. */
export const cleanUpCode = (): Code =>
  assetMadeBy((outputDirectory) => writeFiles(functionBundle('clean-up'), outputDirectory), {
    FUNCTION: 'clean-up',
  });

/**
 * `fromAsset` needs a source directory. Its contents are ignored, since the hash is computed from the output.
 *
 * @param identity tells assets apart.
 */
function assetMadeBy(make: (outputDirectory: string) => void, identity: Record<string, string>): Code {
  return Code.fromAsset(import.meta.dirname, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      environment: identity,
      local: {
        tryBundle(outputDirectory) {
          make(outputDirectory);
          return true;
        },
      },
    },
  });
}
