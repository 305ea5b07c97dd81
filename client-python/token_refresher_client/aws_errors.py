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
    "ProfileNotFound": "credentials",
    "SSOTokenLoadError": "credentials",
    "SignatureDoesNotMatch": "credentials",
    "TokenRetrievalError": "credentials",
    "UnauthorizedSSOTokenError": "credentials",
    "UnrecognizedClientException": "credentials",
}

# "User: ... is not authorized to perform: kms:Decrypt on resource: ...", and without a user
# "Not authorized to perform sts:AssumeRoleWithWebIdentity".
DENIED_ACTION = re.compile(r"[Nn]ot authorized to perform:? (\w+):")

# What KMS says through SSM where no action is named: it names itself, or the key by the old word.
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
        self.kind: str = denied_by(details.get("Message") or "") if kind == "denied" else kind

    def error(self, code: str, message: str, permission: Optional[str] = None) -> TokenError:
        return TokenError(
            code, message, permission=permission, aws_error=self.name, request_id=self.request_id
        )

    def invalid_credentials(self) -> TokenError:
        return self.error("AwsCredentialsInvalid", f"there are no valid AWS credentials here: {self.name}")


def denied_by(message: str) -> str:
    action = DENIED_ACTION.search(message)
    service = action.group(1) if action else "kms" if SAYS_KMS.search(message) else None
    if service == "kms":
        return "kms-denied"
    # The role that would have had the permission could not be assumed.
    return "credentials" if service == "sts" else "denied"
