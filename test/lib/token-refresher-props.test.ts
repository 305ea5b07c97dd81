import { Duration, Stack, Stage } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { TokenRefresher } from '../../lib/token-refresher.ts';
import type { TokenRefresherProps } from '../../lib/token-refresher-props.ts';
import { TokenRefresherStack } from '../../lib/token-refresher-stack.ts';
import { messageOf } from './settings/verdict.ts';
import { inQuickApp, payments } from './synth.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments/login-AbCdEf';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:alarms';

describe('TokenRefresher', () => {
  const { name: _, ...unnamed } = payments;
  const aStack = (env = {}) => inQuickApp((app) => new Stack(app, 'Stack', { env }));
  const made = (props: object, account = '111122223333') => {
    const stack = aStack({ account, region: 'eu-central-1' });
    return new TokenRefresher(stack, 'Refresher', {
      environment: 'sandbox',
      ...props,
    } as TokenRefresherProps);
  };

  it('checks what it is made with', () => {
    expect(messageOf(() => made({ environment: 'Sandbox' }))).toContain('name of an environment');
    expect(messageOf(() => made({ tokens: [] }))).toContain('"tokens": there is no such setting');
    expect(messageOf(() => made({ production: 'no' }))).toContain('production: must be true or false');
    expect(messageOf(() => made({ alarmEmail: 'team' }))).toContain('alarmEmail: must be an e-mail address');
    const alarmTopic = Topic.fromTopicArn(aStack(), 'Topic', TOPIC);
    expect(messageOf(() => made({ alarmTopic, alarmEmail: 'a@example.com' }))).toContain(
      'goes without alarmTopic',
    );
  });

  it('checks each token as it is added, with those before it', () => {
    const refresher = made({});
    refresher.addToken('payments-api', unnamed);
    expect(messageOf(() => refresher.addToken('payments-api', unnamed))).toContain(
      'must have different names',
    );
    expect(messageOf(() => refresher.addToken('Orders', unnamed))).toContain('name of a token');
    const elsewhere = { ...unnamed, credentialsSecretArn: SECRET.replace('eu-central-1', 'us-east-1') };
    expect(messageOf(() => refresher.addToken('orders-api', elsewhere))).toContain(
      "the environment's Region",
    );
  });

  it('in a stage adopts secrets of the account and Region of the stage only', () => {
    const settings = { name: 'sandbox', tokens: [{ ...payments, credentialsSecretArn: SECRET }] };
    const inRegion = (region: string) =>
      inQuickApp((app) => {
        const stage = new Stage(app, 'Stage', { env: { account: '111122223333', region } });
        return messageOf(() => new TokenRefresherStack(stage, 'Refresher', settings));
      });
    expect(inRegion('eu-central-1')).toBe('accepted');
    expect(inRegion('us-east-1')).toContain("the environment's Region, us-east-1");
  });

  it('is not synthesized without a token', () => {
    const refresher = made({});
    expect(refresher.node.validate()).toEqual(['environment "sandbox" has no tokens']);
    refresher.addToken('payments-api', unnamed);
    expect(refresher.node.validate()).toEqual([]);
  });

  it('has settings for the local run that a real account refuses', () => {
    const local = {
      baseUrl: 'http://localhost:8080',
      interval: Duration.minutes(1),
      accessTokenLifetime: Duration.minutes(4),
    };
    expect(messageOf(() => made({ local: true }))).toContain(
      'environment "sandbox", local: is for a local AWS, in a stack whose account is 000000000000; got account "111122223333"',
    );
    expect(
      messageOf(
        () =>
          new TokenRefresher(aStack(), 'Refresher', {
            environment: 'sandbox',
            local: true,
          }),
      ),
    ).toContain('got account nothing');
    expect(messageOf(() => made({}, '000000000000').addToken('demo-api', local))).toContain(
      'baseUrl: must begin with https://',
    );
    const onLocalAws = () => made({ local: true }, '000000000000');
    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      expect(
        messageOf(() => onLocalAws().addToken('demo-api', { ...local, baseUrl: `http://${host}:8080` })),
      ).toBe('accepted');
    }
    expect(
      messageOf(() => onLocalAws().addToken('demo-api', { ...local, baseUrl: 'http://192.168.1.1' })),
    ).toContain('https://');
    expect(
      messageOf(() => onLocalAws().addToken('demo-api', { ...local, interval: Duration.seconds(30) })),
    ).toContain('from 1 minute to 12 hours');
  });

  it('warns when alarms reach nobody', () => {
    const warned = (props: object) =>
      made(props).node.metadata.some(({ type }) => type === 'aws:cdk:warning');
    expect(warned({})).toBe(true);
    expect(warned({ alarmEmail: 'team@example.com' })).toBe(false);
    const alarmTopic = Topic.fromTopicArn(aStack(), 'Topic', TOPIC);
    expect(warned({ alarmTopic })).toBe(false);
  });
});
