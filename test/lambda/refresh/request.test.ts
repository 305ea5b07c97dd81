import { describe, expect, it } from 'vitest';
import { parseRequest, type QueueRecord } from '../../../lambda/refresh/request.ts';

const record = (body: unknown, group: string | undefined = 'payments-api'): QueueRecord => ({
  messageId: 'm-1',
  receiptHandle: 'r-1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: { MessageGroupId: group, SentTimestamp: '1000', ApproximateReceiveCount: '2' },
});

describe('a refresh request', () => {
  it('is what the schedule sends', () => {
    const body = { token: 'payments-api', requestedBy: 'schedule', scheduledTime: 'then', executionId: 'x' };
    expect(parseRequest(record(body))).toEqual({
      token: 'payments-api',
      requestedBy: 'schedule',
      retryRefused: false,
      sentAt: 1000,
      messageSentAt: 1000,
      attempt: 2,
    });
  });

  it('may name a rejected version and ask for an extra try', () => {
    const body = { token: 'payments-api', requestedBy: 'consumer', rejectedVersion: 7, retryRefused: true };
    expect(parseRequest(record(body))).toMatchObject({ rejectedVersion: 7, retryRefused: true });
  });

  it('may have been made before, never later than SQS says', () => {
    const body = { token: 'payments-api', requestedBy: 'wake-up' };
    expect(parseRequest(record({ ...body, since: 900 }))).toMatchObject({ sentAt: 900, messageSentAt: 1000 });
    expect(parseRequest(record({ ...body, since: 1001 }))).toMatchObject({ sentAt: 1000 });
  });

  it('was not made before if it is no wake-up, whatever it says', () => {
    const body = { token: 'payments-api', requestedBy: 'consumer', since: 1 };
    expect(parseRequest(record(body))).toMatchObject({ sentAt: 1000 });
  });

  it('keeps the rejected version while it waits', () => {
    const body = {
      token: 'payments-api',
      requestedBy: 'wake-up',
      since: 900,
      dueAt: 5000,
      rejectedVersion: 7,
    };
    const wakeUp = { token: 'payments-api', dueAt: 5000, since: 900, rejectedVersion: 7 };
    expect(parseRequest(record(body, 'payments-api.wake-up.5000'))).toEqual({ wakeUp });
    expect(parseRequest(record(body))).toMatchObject({ rejectedVersion: 7, sentAt: 900 });
    expect(
      parseRequest(record({ ...body, rejectedVersion: -1 }, 'payments-api.wake-up.5000')),
    ).toHaveProperty('rejected');
  });

  it('waits as a wake-up in a message group of its own', () => {
    const body = { token: 'payments-api', requestedBy: 'wake-up', since: 900, dueAt: 5000 };
    const wakeUp = { token: 'payments-api', dueAt: 5000, since: 900 };
    expect(parseRequest(record(body, 'payments-api.wake-up.5000'))).toEqual({ wakeUp });
    expect(parseRequest(record(body, 'payments-api.wake-up.6000'))).toHaveProperty('rejected');
    expect(parseRequest(record(body, 'payments-api'))).toMatchObject({ sentAt: 900 });
  });

  const valid = { token: 'payments-api', requestedBy: 'consumer' };
  it.each([
    ['text', 'refresh please', 'JSON object'],
    ['a JSON list', [], 'JSON object'],
    ['JSON null', 'null', 'JSON object'],
    ['no token', { requestedBy: 'schedule' }, 'token is not a string'],
    ['a token that is a number', { ...valid, token: 1 }, 'token is not a string'],
    ['the token of another group', { ...valid, token: 'other' }, 'not the message group'],
    ['an unknown requester', { ...valid, requestedBy: 'mallory' }, 'requestedBy is none of'],
    ['a version of 0', { ...valid, rejectedVersion: 0 }, 'positive whole number'],
    ['half a version', { ...valid, rejectedVersion: 1.5 }, 'positive whole number'],
    ['a version in words', { ...valid, rejectedVersion: 'seven' }, 'positive whole number'],
    ['a time before in words', { ...valid, since: 'long ago' }, 'positive whole number'],
    ['an extra try in words', { ...valid, retryRefused: 'yes' }, 'neither true nor false'],
  ])('is not: %s', (_, body, reason) => {
    const parsed = parseRequest(record(body));
    expect(parsed).toEqual({ rejected: expect.stringContaining(reason) });
    expect(JSON.stringify(parsed)).not.toContain('mallory');
  });

  it('is not one without a message group', () => {
    const { MessageGroupId: _, ...attributes } = record(valid).attributes;
    expect(parseRequest({ ...record(valid), attributes })).toEqual({
      rejected: 'token is not the message group',
    });
  });
});
