import { join } from 'node:path';
import {
  type InstalledPythonPackages,
  type InstallOptions,
  installPythonPackages,
} from '../python-packages.ts';

const requirements = join(import.meta.dirname, 'ministack-requirements.txt');

/** @throws {PythonPackagesUnavailable} */
export const installMiniStack = (
  options: Omit<InstallOptions, 'requirements'>,
): Promise<InstalledPythonPackages> => installPythonPackages({ ...options, requirements });
