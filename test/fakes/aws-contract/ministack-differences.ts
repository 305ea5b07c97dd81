const NO_LIMIT = 'it knows no size limits';
const EMPTY_VALUE = 'its secrets without a value have a version that holds an empty string';
const TIER_ECHOED = 'it stores the tier that was asked for, as it was asked';

/** What MiniStack 1.5.33 does otherwise than AWS, by case of the contract. */
export const ministackDifferences: Readonly<Record<string, string>> = {
  'parameter: an empty value is refused': 'it accepts empty values',
  'parameter: the standard tier does not hold 4,097 bytes': NO_LIMIT,
  'parameter: Intelligent-Tiering is Standard at 4,096 bytes, Advanced above and for ever after': TIER_ECHOED,
  'parameter: 8,193 bytes are refused, and what was stored stays': NO_LIMIT,
  'secret: one without a value has no versions': EMPTY_VALUE,
  'secret: one without a value cannot be read': EMPTY_VALUE,
  'secret: the first value makes the first version': EMPTY_VALUE,
  'secret: the same request token with another value is refused': 'it overwrites the version',
  'secret: an empty value is refused': 'it accepts empty values',
  'queue: a visibility of more than 12 hours is refused': 'it accepts any time',
  'queue: the visibility of a deleted message cannot be changed': 'it calls the receipt handle invalid',
  'queue: a message can be deleted twice': 'it calls the receipt handle invalid',
  'queue: a message that is visible again cannot be deleted with the old receipt':
    'it deletes, as standard queues do',
  'queue: the deduplication id of a dead letter is its message id': 'it keeps the id of the first send',
  'queue: a dead letter was sent when it moved': 'it keeps the time of the first send, as standard queues do',
};
