"""
What the refresher and its readers must agree on. Written by `npm run docs` from contract/ of the repository, which says what
each means: do not edit.
"""

ENVIRONMENT_NAME = r"[a-z][a-z0-9]{0,15}"
TOKEN_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
TOKEN_NAME_MAX_LENGTH = 30

#: With the names of environment and token.
ACCESS_TOKEN_PARAMETER = "/token-refresher/{environment}/{token}/access-token"
#: With the name of the environment.
KEY_ALIAS = "alias/token-refresher/{environment}"

#: Fields of a request for a refresh, and who says that a consumer asks.
TOKEN_FIELD = "token"
REQUESTED_BY_FIELD = "requestedBy"
REJECTED_VERSION_FIELD = "rejectedVersion"
CONSUMER = "consumer"

DEFAULT_INTERVAL_SECONDS = 1500
DEFAULT_ACCESS_TOKEN_LIFETIME_SECONDS = 1800
STORED_WITHIN_SECONDS = 15
LATEST_SUCCESSOR_SECONDS = 75
