/** Settings break rules. The message has a line for each: environment, token, setting, rule and the value received. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
