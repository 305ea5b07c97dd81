export type { Clock } from '../contract/clock.ts';
export type { Fetch, TokenHeader } from './bearer-fetch.ts';
export { TokenError, type TokenErrorCode, type TokenErrorFields } from './errors.ts';
export type { TokenEvent, TokenEventListener } from './events.ts';
export type { RefreshRequestOptions, TokenClientOptions } from './options.ts';
export { createTokenClient, type GetTokenOptions, type TokenClient } from './token-client.ts';
