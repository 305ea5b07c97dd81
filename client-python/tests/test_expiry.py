"""The vectors that the TypeScript client keeps to, too."""

from __future__ import annotations

import base64
import json
import pathlib
import unittest

from token_refresher_client import TokenError
from token_refresher_client.expiry import expiry_of

from .fakes import START, FakeClock, FakeSqs, FakeSsm, client_of, jwt

FILE = pathlib.Path(__file__).parents[2] / "test" / "vectors" / "lifetimes.json"
VECTORS = json.loads(FILE.read_text())["clients"]


class ExpiryTest(unittest.TestCase):
    def test_a_token_lives_may_have_expired_and_has_expired_when_the_rule_says_so(self) -> None:
        for vector in VECTORS:
            expiry = expiry_of(
                token_of(vector),
                written_at=vector["writtenAt"],
                lifetime_seconds=vector["configuredSeconds"],
            )
            for at in vector["at"]:
                with self.subTest(vector["name"], now=at["now"]):
                    is_doubted, is_dead = at["now"] >= expiry.may_expire_at, at["now"] >= expiry.expires_at
                    state = "dead" if is_dead else "may-be-dead" if is_doubted else "lives"
                    self.assertEqual(state, at["state"])

    def test_the_client_refuses_it_when_it_is_dead_and_only_then(self) -> None:
        for vector in VECTORS:
            for at in vector["at"]:
                with self.subTest(vector["name"], now=at["now"]):
                    self.assertEqual(outcome(vector, at["now"]), "dead" if at["state"] == "dead" else "lives")


def outcome(vector: dict, now: float) -> str:
    clock = FakeClock()
    ssm = FakeSsm(clock)
    clock.passed = vector["writtenAt"] - START
    token = token_of(vector)
    ssm.write(token)
    clock.passed = now - START
    client = client_of(clock, ssm, FakeSqs(), lifetime_seconds=vector["configuredSeconds"])
    try:
        return "lives" if client.get_token() == token else "another token"
    except TokenError as error:
        return "dead" if error.code == "TokenExpired" else error.code


def token_of(vector: dict) -> str:
    if "token" in vector:
        return vector["token"]
    if "claims" in vector:
        return jwt(**vector["claims"])
    payload = vector["rawPayload"]
    pieces = [[payload, 1]] if isinstance(payload, str) else payload
    text = "".join(piece * times for piece, times in pieces)
    return f"e30.{base64.urlsafe_b64encode(text.encode()).rstrip(b'=').decode()}.signature"


if __name__ == "__main__":
    unittest.main()
