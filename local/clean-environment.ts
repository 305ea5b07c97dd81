/**
 * What child processes and SDK clients may know of the surrounding shell: almost nothing. A profile, a key or an
 * endpoint of a real account in it must never decide where the local run deploys.
 */
import { devNull } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { LOCAL_REGION } from '../fakes/local-account.ts';

export type Environment = Readonly<Record<string, string>>;

/** Not keys: emulators accept any, AWS knows none of these. */
export const DUMMY_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** All that is inherited. An allow-list, since tools read far more than `AWS_*`: proxies, Docker, Node and Python options. */
const INHERITED = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'USER', 'LOGNAME', 'SHELL'];

const LOOPBACK_HOSTS = '127.0.0.1,localhost,::1';

/** For tools that need no AWS: this Node.js first on the PATH, home and temporary files in `folder`. */
export function toolEnvironment(folder: string, inherited: NodeJS.ProcessEnv = process.env): Environment {
  return {
    ...pick(inherited, INHERITED),
    PATH: [dirname(process.execPath), inherited.PATH ?? ''].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    NO_COLOR: '1',
    NO_PROXY: LOOPBACK_HOSTS,
  };
}

/** For the CDK CLI, CDK apps and functions: AWS is at `endpoint`, and nowhere else. */
export function awsEnvironment(endpoint: string): Environment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: DUMMY_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DUMMY_CREDENTIALS.secretAccessKey,
    ...NO_PROFILES,
  };
}

/** What SDK clients in this process are made with. */
export function clientConfig(endpoint: string) {
  return { endpoint, region: LOCAL_REGION, credentials: DUMMY_CREDENTIALS, maxAttempts: 2 };
}

/** For pip, which may need the user's proxy and package index: everything but AWS settings. */
export function withoutAws(environment: NodeJS.ProcessEnv): Environment {
  const kept = Object.entries(environment).filter(([name]) => !/^aws_/i.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The user's registry and cache, but nothing that npm says of the script that runs this: it is about this project. */
export function outsideOfNpm(environment: NodeJS.ProcessEnv): Environment {
  const about =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(local_prefix|prefix)$|INIT_CWD)/;
  return Object.fromEntries(Object.entries(withoutAws(environment)).filter(([name]) => !about.test(name)));
}

/** Removes AWS settings and profiles from this very process, before an SDK client could read them. */
export function isolateThisProcess(): void {
  for (const name of Object.keys(process.env)) {
    if (/^aws_/i.test(name)) delete process.env[name];
  }
  Object.assign(process.env, NO_PROFILES, { NO_PROXY: LOOPBACK_HOSTS, no_proxy: LOOPBACK_HOSTS });
}

const NO_PROFILES = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

function pick(source: NodeJS.ProcessEnv, names: readonly string[]): Environment {
  return Object.fromEntries(
    names.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]])),
  );
}
