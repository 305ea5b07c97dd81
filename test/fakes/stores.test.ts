/** What the contract in aws-contract/ cannot show of a real account: reads that miss a write, and events. */
import { expect, it } from 'vitest';
import { ParameterStore } from '../../fakes/memory-aws/parameter-store.ts';
import { type SecretLabelUpdated, SecretStore } from '../../fakes/memory-aws/secret-store.ts';

const NAME = '/token-refresher/sandbox/payments-api/access-token';

function openParameters() {
  let now = Date.UTC(2026, 10, 21);
  const store = new ParameterStore({ now: () => now });
  return {
    store,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    put: (Value: string) => store.putParameter({ Name: NAME, Value, Type: 'SecureString', Overwrite: true }),
    value: () => store.getParameters({ Names: [NAME], WithDecryption: true }).Parameters?.[0]?.Value,
  };
}

it('misses the newest write for as long as it is told to, and no longer', () => {
  const { store, pass, put, value } = openParameters();
  put('one');
  pass(60_000);
  put('two');
  store.staleReads = { withinMs: 500 };
  pass(499);
  expect(value()).toBe('one');
  pass(1);
  expect(value()).toBe('two');
});

it('misses a first write altogether, and all by the chance it is given', () => {
  const { store, put, value } = openParameters();
  put('one');
  const chances = [true, false];
  store.staleReads = { withinMs: 500, chance: () => chances.shift() ?? false };
  expect([value(), value()]).toEqual([undefined, 'one']);
});

it('describes what is below a path, page by page', () => {
  const store = new ParameterStore();
  for (const Name of ['/a/b/c', '/ab', '/a/d']) store.putParameter({ Name, Value: 'x', Type: 'String' });
  const ParameterFilters = [{ Key: 'Path', Option: 'Recursive', Values: ['/a'] }];
  const first = store.describeParameters({ ParameterFilters, MaxResults: 1 });
  const second = store.describeParameters({ ParameterFilters, MaxResults: 1, NextToken: first.NextToken });
  expect([first, second].map(({ Parameters }) => Parameters?.[0]?.Name)).toEqual(['/a/b/c', '/a/d']);
  expect(second.NextToken).toBeUndefined();
});

it('tells of each value that becomes the current one, and of one that is current again', () => {
  const store = new SecretStore();
  const events: SecretLabelUpdated[] = [];
  store.onLabelUpdated((event) => events.push(event));
  const SecretId = 'token-refresher/sandbox/payments-api/credentials';
  store.createSecret({ Name: SecretId });
  expect(events).toEqual([]);
  const put = (SecretString: string) => store.putSecretValue({ SecretId, SecretString }).VersionId ?? '';
  const [first, second] = [put('one'), put('two')];
  store.putSecretValue({ SecretId, SecretString: 'two', ClientRequestToken: second });
  store.updateSecretVersionStage({
    SecretId,
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: first,
    RemoveFromVersionId: second,
  });
  expect(events).toEqual(
    [first, second, first].map((versionId) => ({ name: SecretId, labelUpdated: 'AWSCURRENT', versionId })),
  );
});
