"""Asks the refresher for tokens, on the environment's request queue."""

from __future__ import annotations

import json
from typing import Any, Callable

from .aws_errors import AwsFailure
from .contract import CONSUMER, REJECTED_VERSION_FIELD, REQUESTED_BY_FIELD, TOKEN_FIELD
from .errors import TokenError


def request_text(token: str, rejected_version: int) -> str:
    """
    What a consumer asks: `{"token":"payments-api","requestedBy":"consumer","rejectedVersion":7}`.

    The queue tells requests apart by their text: consumers in any number that name the same version must send the same
    text, whatever their language, to be one request. The next version is another text, so no request is lost to one
    that was served.
    """
    body = {TOKEN_FIELD: token, REQUESTED_BY_FIELD: CONSUMER, REJECTED_VERSION_FIELD: rejected_version}
    return json.dumps(body, separators=(",", ":"))


class SqsRefreshRequests:
    def __init__(self, token: str, queue_url: str, client: Callable[[], Any]) -> None:
        self._token = token
        self._queue_url = queue_url
        self._client = client

    def send(self, rejected_version: int) -> None:
        """Raises TokenError `AccessDenied`, `AwsCredentialsInvalid` or `RefreshRequestFailed`."""
        failure = None
        try:
            self._client().send_message(
                QueueUrl=self._queue_url,
                MessageGroupId=self._token,
                MessageBody=request_text(self._token, rejected_version),
            )
        except TokenError:
            raise
        except Exception as error:
            failure = self._not_sent(AwsFailure(error))
        if failure is not None:
            raise failure

    def _not_sent(self, failure: AwsFailure) -> TokenError:
        if failure.kind == "denied":
            return failure.error(
                "AccessDenied",
                f"asking for a refresh is denied: the role lacks sqs:SendMessage on {self._queue_url}",
                permission="sqs:SendMessage",
            )
        if failure.kind == "credentials":
            return failure.invalid_credentials()
        return failure.error("RefreshRequestFailed", f"queue {self._queue_url}: {failure.name} from SQS")
