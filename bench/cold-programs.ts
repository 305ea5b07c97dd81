/**
 * Programs that do what one refresh does, and nothing else: read two parameters, call the token API, write two parameters.
 * They know neither retries nor limits, so they are what a cold start cannot be faster than with the same means.
 */

const CALL_API = `
const post = (url, body) => new Promise((resolve, reject) => {
  const request = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)));
  });
  request.on('error', reject).end(JSON.stringify(body));
});
const { TOKEN_API, ACCESS_TOKEN, SESSION } = process.env;
export const handler = async () => {
  const { Parameters } = await read([ACCESS_TOKEN, SESSION]);
  const session = JSON.parse(Parameters.find(({ Name }) => Name === SESSION).Value);
  const { data } = await post(TOKEN_API + '/auth/token/refresh', { refreshToken: session.granted.refreshToken });
  session.granted.refreshToken = data.refreshToken;
  await Promise.all([write(ACCESS_TOKEN, data.token), write(SESSION, JSON.stringify(session))]);
};`;

/** With the SDK's client. */
export const SDK_PROGRAM = `
import http from 'node:http';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
const ssm = new SSMClient({});
const read = (Names) => ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
const write = (Name, Value) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Tier: 'Intelligent-Tiering', Overwrite: true }));
${CALL_API}`;

/** Without the SDK: AWS's Signature Version 4 by hand. */
export const SIGNED_PROGRAM = `
const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
const http = process.getBuiltinModule('node:http');
const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
const sha = (text) => createHash('sha256').update(text).digest('hex');
const mac = (key, text) => createHmac('sha256', key).update(text).digest();
const call = (operation, input) => new Promise((resolve, reject) => {
  const body = JSON.stringify(input);
  const { host } = new URL(AWS_ENDPOINT_URL);
  const now = new Date().toISOString().replace(/[:-]|\\.\\d+/g, '');
  const target = 'AmazonSSM.' + operation;
  const type = 'application/x-amz-json-1.1';
  const names = 'content-type;host;x-amz-date;x-amz-target';
  const canonical = ['POST', '/', '', 'content-type:' + type, 'host:' + host, 'x-amz-date:' + now, 'x-amz-target:' + target, '', names, sha(body)].join('\\n');
  const scope = [now.slice(0, 8), AWS_REGION, 'ssm', 'aws4_request'];
  const key = scope.reduce(mac, 'AWS4' + AWS_SECRET_ACCESS_KEY);
  const signature = mac(key, ['AWS4-HMAC-SHA256', now, scope.join('/'), sha(canonical)].join('\\n')).toString('hex');
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + AWS_ACCESS_KEY_ID + '/' + scope.join('/') + ', SignedHeaders=' + names + ', Signature=' + signature;
  const headers = { 'content-type': type, 'x-amz-date': now, 'x-amz-target': target, authorization };
  const request = http.request(AWS_ENDPOINT_URL, { method: 'POST', headers }, (response) => {
    let text = '';
    response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(JSON.parse(text)));
  });
  request.on('error', reject).end(body);
});
const read = (Names) => call('GetParameters', { Names, WithDecryption: true });
const write = (Name, Value) => call('PutParameter', { Name, Value, Type: 'SecureString', Tier: 'Intelligent-Tiering', Overwrite: true });
${CALL_API}`;
