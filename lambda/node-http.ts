/*
 * Takes the place of `node:http` in the bundle, for the AWS SDK too. An `import` of a built-in module reads all that it
 * exports; of this one that is undici and HTTP/2 as well: 13 ms of CPU at each cold start.
 */
const http = process.getBuiltinModule('node:http');

export default http;
export const { Agent, request } = http;
