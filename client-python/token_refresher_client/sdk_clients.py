"""boto3 clients of our own."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from .aws_errors import AwsFailure
from .forks import call_after_fork

#: A few tries within the time of one read. A connection that was frozen with its process is noticed by the first.
CONFIG: Any = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3})


class OwnClient:
    """Calling it gives the client, made when it is first needed; anew after a fork, since connections must not be shared."""

    def __init__(self, service: str) -> None:
        self._service = service
        self.after_fork()
        call_after_fork(self)

    def after_fork(self) -> None:
        self._client: Any = None

    def __call__(self) -> Any:
        """Raises TokenError `AwsCredentialsInvalid`, or `InvalidOption` if no Region is set."""
        client = self._client
        if client is None:
            client = self._client = new_client(self._service)
        return client


def new_client(service: str) -> Any:
    try:
        # From a session of its own: the default one is not safe to use from several threads.
        return boto3.Session().client(service, config=CONFIG)
    # ValueError: a Region that is empty.
    except (BotoCoreError, ValueError) as error:
        failure = AwsFailure(error)
    if failure.kind == "credentials":
        raise failure.invalid_credentials()
    raise failure.error(
        "InvalidOption",
        f"boto3 can make no client for {service} here: {failure.name}; AWS_DEFAULT_REGION or a profile sets the Region",
    )
