"""Causes of a failed boto3 call that callers can do something about."""

from __future__ import annotations

import re
from typing import Optional

from .errors import TokenError

FAILURES = {
    "ParameterNotFound": "not-found",
    "AccessDenied": "denied",
    "AccessDeniedException": "denied",
    "UnauthorizedOperation": "denied",
    "InvalidKeyId": "key-unusable",
    "KMSInvalidStateException": "key-unusable",
    "CredentialRetrievalError": "credentials",
    "ExpiredToken": "credentials",
    "ExpiredTokenException": "credentials",
    "InvalidClientTokenId": "credentials",
    "InvalidSignatureException": "credentials",
    "MissingAuthenticationToken": "credentials",
    "NoCredentialsError": "credentials",
    "PartialCredentialsError": "credentials",
    "TokenRetrievalError": "credentials",
    "UnrecognizedClientException": "credentials",
}

# What KMS says through SSM: it names the action, itself, or the key by the old word.
SAYS_KMS = re.compile("kms|customer master key", re.IGNORECASE)


class AwsFailure:
    """The part of a boto3 error that is safe to show. Its message may quote input, its answer may hold a token."""

    def __init__(self, error: Exception) -> None:
        answer = getattr(error, "response", None)
        answer = answer if isinstance(answer, dict) else {}
        details = answer.get("Error") or {}
        self.name: str = details.get("Code") or type(error).__name__
        self.request_id: Optional[str] = (answer.get("ResponseMetadata") or {}).get("RequestId")
        kind = FAILURES.get(self.name, "unavailable")
        says_kms = SAYS_KMS.search(details.get("Message") or "") is not None
        self.kind = "kms-denied" if kind == "denied" and says_kms else kind

    def error(self, code: str, message: str, permission: Optional[str] = None) -> TokenError:
        return TokenError(
            code, message, permission=permission, aws_error=self.name, request_id=self.request_id
        )

    def invalid_credentials(self) -> TokenError:
        return self.error("AwsCredentialsInvalid", f"there are no valid AWS credentials here: {self.name}")
