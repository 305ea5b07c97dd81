/** Properties of the custom resource that removes what the function wrote. All of them are strings in the event. */
export interface CleanUpProperties {
  /** Name of the environment. */
  readonly Environment: string;
  /** Names of its tokens, sorted. */
  readonly Tokens: readonly string[];
}
