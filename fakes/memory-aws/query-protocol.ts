/** AWS's query protocol: a form goes in, XML comes out. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import type { ServerResponse } from 'node:http';
import type { AwsError } from './aws-error.ts';

type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

export type Xml = { readonly xml: string };

export const xml = (operation: string, result: Tree): Xml => ({
  xml: element(`${operation}Response`, { [`${operation}Result`]: result }),
});

function element(name: string, value: Tree): string {
  const inside =
    typeof value === 'string'
      ? value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
      : Array.isArray(value)
        ? value.map((member) => element('member', member)).join('')
        : Object.entries(value)
            .map(([child, of]) => element(child, of))
            .join('');
  return `<${name}>${inside}</${name}>`;
}

export function writeXml(response: ServerResponse, { xml }: Xml): void {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(xml);
}

export function writeXmlError(response: ServerResponse, { name, message, status }: AwsError): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: name, Message: message };
  response.end(element('ErrorResponse', { Error: error }));
}
