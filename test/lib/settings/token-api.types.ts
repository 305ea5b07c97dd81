import type { TokenApiRequest } from '../../../lib/settings/token-api/props.ts';
import { literal, secret } from '../../../lib/settings/token-api/values.ts';

/* Text where a secret belongs does not compile. */

export const hidden: TokenApiRequest = {
  url: 'https://api.example.com',
  form: { username: 'text', password: secret('password'), client_secret: literal('none') },
};

// @ts-expect-error a password is text
export const inForm: TokenApiRequest = { url: 'https://api.example.com', form: { password: 'hunter2' } };

export const inJson: TokenApiRequest = {
  url: 'https://api.example.com',
  // @ts-expect-error a client's secret is text
  json: { client: { client_secret: 'hunter2' } },
};

export const inHeader: TokenApiRequest = {
  url: 'https://api.example.com',
  // @ts-expect-error a header that authorizes is text
  headers: { Authorization: 'Bearer hunter2' },
};

export const inBasic: TokenApiRequest = {
  url: 'https://api.example.com',
  // @ts-expect-error a password of Basic is text
  basic: { username: 'text', password: 'hunter2' },
};
