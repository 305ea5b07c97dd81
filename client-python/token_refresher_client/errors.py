"""The one error of the client."""

from __future__ import annotations

from typing import Any, Optional

#: What can go wrong, and whether the same call may succeed later without anybody's help.
RETRYABLE = {
    # An argument is out of range, or there is no AWS Region.
    "InvalidOption": False,
    # There is no such parameter in this account and Region.
    "ParameterNotFound": False,
    # The parameter's value is empty or could not be sent in an HTTP header, or SSM's answer lacks its version or date.
    "ParameterMalformed": False,
    # The caller's role lacks `permission`.
    "AccessDenied": False,
    # The caller has no valid AWS credentials.
    "AwsCredentialsInvalid": False,
    # The key that encrypts the parameter is disabled or about to be deleted.
    "KeyUnusable": False,
    # SSM throttles, fails, or did not answer in time.
    "ParameterUnavailable": True,
    # The stored token has certainly expired, and there is no newer one.
    "TokenExpired": True,
    # The API answers 401, and there is no newer token, or it answers 401 to the newer one, too.
    "TokenRejected": True,
    # The API answered 401 to a request whose body is used up: the same call, with its body made anew, may succeed.
    "BodyNotReplayable": False,
    # The refresher could not be asked for a new token.
    "RefreshRequestFailed": True,
}


class TokenError(Exception):
    """
    Holds names and reasons, never a token; raised outside `except` blocks, since errors of SDKs carry answers, and
    answers carry tokens.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        permission: Optional[str] = None,
        aws_error: Optional[str] = None,
        request_id: Optional[str] = None,
        response: Any = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        #: One of the keys of `RETRYABLE`.
        self.code = code
        self.message = message
        #: Whether the same call may succeed later without anybody's help.
        self.retryable: bool = RETRYABLE[code]
        #: The IAM action that is missing.
        self.permission = permission
        #: Name of the AWS error, such as `ThrottlingException`.
        self.aws_error = aws_error
        #: AWS's id of the request, for its support.
        self.request_id = request_id
        #: The API's answer with status 401.
        self.response = response

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled or copied without the response: that holds the token, and may go to another process."""
        return TokenError, (self.code, self.message), {**self.__dict__, "response": None}

    def for_caller(self, response: Any = None) -> TokenError:
        """The same error as an object of its own, with its own traceback: one error may end the wait of many threads."""
        return TokenError(
            self.code,
            self.message,
            permission=self.permission,
            aws_error=self.aws_error,
            request_id=self.request_id,
            response=response,
        )
