import { describe, expect, it } from 'vitest';
import { ParameterStore } from '../../fakes/memory-aws/parameter-store.ts';
import { type SecretLabelUpdated, SecretStore } from '../../fakes/memory-aws/secret-store.ts';

const START = Date.UTC(2026, 10, 21);
const NAME = '/token-refresher/sandbox/payments-api/access-token';

describe('ParameterStore', () => {
  let now = START;
  const open = () => {
    now = START;
    return new ParameterStore({ now: () => now });
  };
  const put = (store: ParameterStore, Value: string, Name = NAME) =>
    store.putParameter({ Name, Value, Type: 'SecureString', Overwrite: true });
  const value = (store: ParameterStore) =>
    store.getParameters({ Names: [NAME], WithDecryption: true }).Parameters?.[0]?.Value;

  it('takes its dates from the clock it was given', () => {
    const store = open();
    put(store, 'one');
    expect(store.getParameter({ Name: NAME }).Parameter?.LastModifiedDate).toEqual(new Date(START));
  });

  it('misses the newest write for as long as it is told to, and no longer', () => {
    const store = open();
    put(store, 'one');
    now += 60_000;
    put(store, 'two');
    store.staleReads = { withinMs: 500 };
    now += 499;
    expect(value(store)).toBe('one');
    now += 1;
    expect(value(store)).toBe('two');
  });

  it('misses a first write altogether', () => {
    const store = open();
    store.staleReads = { withinMs: 500 };
    put(store, 'one');
    expect(store.getParameters({ Names: [NAME] }).InvalidParameters).toEqual([NAME]);
  });

  it('misses writes only by the chance it is given', () => {
    const store = open();
    put(store, 'one');
    put(store, 'two');
    const chances = [true, false];
    store.staleReads = { withinMs: 500, chance: () => chances.shift() ?? false };
    expect([value(store), value(store)]).toEqual(['one', 'two']);
  });

  it('keeps 100 versions', () => {
    const store = open();
    for (let version = 1; version <= 101; version++) put(store, String(version));
    const versions = [1, 2].flatMap((page) => {
      const NextToken = page === 1 ? undefined : '50';
      return store.getParameterHistory({ Name: NAME, NextToken }).Parameters?.map(({ Version }) => Version);
    });
    expect(versions).toHaveLength(100);
    expect([versions[0], versions.at(-1)]).toEqual([2, 101]);
  });

  it('lists what is below a path, level by level or all, page by page', () => {
    const store = open();
    for (const name of ['/a/b/c', '/a/b', '/a/d', '/ab']) put(store, 'x', name);
    const names = (Recursive: boolean) =>
      store.getParametersByPath({ Path: '/a', Recursive }).Parameters?.map(({ Name }) => Name);
    expect(names(false)).toEqual(['/a/b', '/a/d']);
    expect(names(true)).toEqual(['/a/b', '/a/b/c', '/a/d']);
    const first = store.getParametersByPath({ Path: '/a', Recursive: true, MaxResults: 2 });
    const { NextToken } = first;
    const second = store.getParametersByPath({ Path: '/a', Recursive: true, MaxResults: 2, NextToken });
    expect(second.Parameters).toMatchObject([{ Name: '/a/d' }]);
    expect(second.NextToken).toBeUndefined();
  });

  it.each([
    ['no names', []],
    ['11 names', Array.from({ length: 11 }, (_, index) => `/a/${index}`)],
  ])('refuses to read %s', (_, Names) => {
    expect(() => open().getParameters({ Names })).toThrow(/between 1 and 10/);
  });

  it('reads 10 names', () => {
    const Names = Array.from({ length: 10 }, (_, index) => `/a/${index}`);
    expect(open().getParameters({ Names }).InvalidParameters).toEqual(Names);
  });

  it.each(['/aws/reference', 'SSM-token', '/has space', '/ümlaut', ''])('refuses the name "%s"', (Name) => {
    expect(() => put(open(), 'x', Name)).toThrow(/is not allowed/);
  });

  it('counts bytes, not characters', () => {
    const store = open();
    const write = (Value: string) =>
      store.putParameter({ Name: NAME, Value, Type: 'SecureString', Tier: 'Standard', Overwrite: true });
    write('é'.repeat(2048));
    expect(() => write('é'.repeat(2049))).toThrow(/4096/);
  });

  it('takes a description of 1,024 characters and none longer', () => {
    const store = open();
    const write = (Description: string) =>
      store.putParameter({ Name: NAME, Value: 'x', Type: 'SecureString', Overwrite: true, Description });
    write('d'.repeat(1024));
    expect(() => write('d'.repeat(1025))).toThrow(/1024/);
  });

  it('does not change a type', () => {
    const store = open();
    put(store, 'one');
    expect(() => store.putParameter({ Name: NAME, Value: 'two', Type: 'String', Overwrite: true })).toThrow(
      expect.objectContaining({ name: 'HierarchyTypeMismatchException' }),
    );
  });
});

describe('SecretStore', () => {
  const SecretId = 'token-refresher/sandbox/payments-api/credentials';

  function open() {
    const store = new SecretStore({ now: () => START });
    const events: SecretLabelUpdated[] = [];
    const stop = store.onLabelUpdated((event) => events.push(event));
    const { ARN: arn } = store.createSecret({ Name: SecretId });
    const put = (SecretString: string, VersionStages?: string[]) =>
      store.putSecretValue({ SecretId, SecretString, VersionStages }).VersionId ?? '';
    return { store, events, stop, arn, put };
  }

  it('tells of each value that becomes the current one', () => {
    const { events, arn, put } = open();
    expect(events).toEqual([]);
    const versions = [put('one'), put('two')];
    expect(events).toEqual(
      versions.map((versionId) => ({ name: SecretId, arn, labelUpdated: 'AWSCURRENT', versionId })),
    );
  });

  it('tells of a value that is current again', () => {
    const { store, events, put } = open();
    const [first, second] = [put('one'), put('two')];
    const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: first, RemoveFromVersionId: second };
    store.updateSecretVersionStage({ SecretId, ...move });
    expect(events.at(-1)).toMatchObject({ labelUpdated: 'AWSCURRENT', versionId: first });
  });

  it('changes nothing by moving a label to where it is', () => {
    const { store, events, put } = open();
    const first = put('one');
    const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: first, RemoveFromVersionId: first };
    store.updateSecretVersionStage({ SecretId, ...move });
    expect(store.describeSecret({ SecretId }).VersionIdsToStages).toEqual({ [first]: ['AWSCURRENT'] });
    expect(events).toHaveLength(1);
  });

  it('is silent about AWSPENDING, AWSPREVIOUS and what changes nothing', () => {
    const { store, events, put } = open();
    const first = put('one');
    events.length = 0;
    put('pending', ['AWSPENDING']);
    store.putSecretValue({ SecretId, SecretString: 'one', ClientRequestToken: first });
    expect(events).toEqual([]);
  });

  it('tells nobody who has had enough', () => {
    const { events, stop, put } = open();
    stop();
    put('one');
    expect(events).toEqual([]);
  });

  it('makes the first version current, whatever labels it comes with', () => {
    const { store, put } = open();
    const first = put('one', ['AWSPENDING']);
    expect(store.describeSecret({ SecretId }).VersionIdsToStages).toEqual({
      [first]: ['AWSPENDING', 'AWSCURRENT'],
    });
  });

  it('keeps a version without a label readable by its id', () => {
    const { store, put } = open();
    const first = put('one');
    put('two');
    put('three');
    const read = store.getSecretValue({ SecretId, VersionId: first });
    expect(read.SecretString).toBe('one');
    expect(read.VersionStages).toBeUndefined();
  });

  it('holds 65,536 bytes and no more', () => {
    const { put } = open();
    put('x'.repeat(65_536));
    expect(() => put('x'.repeat(65_537))).toThrow(/65536/);
  });

  it('gives a secret that was deleted and made anew another ARN', () => {
    const { store, arn } = open();
    store.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
    expect(store.createSecret({ Name: SecretId }).ARN).not.toBe(arn);
  });

  it('does not make a secret anew while the old one can be recovered', () => {
    const { store } = open();
    store.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    expect(() => store.createSecret({ Name: SecretId })).toThrow(/already scheduled for deletion/);
  });
});
