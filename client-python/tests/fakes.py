"""A clock and a parameter that tests play."""

from __future__ import annotations

import base64
import datetime
import json
import threading
import unittest

from token_refresher_client import TokenClient

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/token-refresher-sandbox.fifo"
START = 1_795_251_600.0
MINUTE = 60


class FakeClock:
    """Sleeping lets time pass at once."""

    def __init__(self) -> None:
        self.passed = 0.0
        #: How far somebody has set the wall clock.
        self.wall_offset = 0.0
        #: How long the monotonic clock has stood still.
        self.slept = 0.0

    def now(self) -> float:
        return START + self.passed + self.wall_offset

    def monotonic(self) -> float:
        return self.passed - self.slept

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def random(self) -> float:
        return 0.0


class FakeSsm:
    """One parameter, in the place of a boto3 client."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._stored: dict = {}
        self.failure: Exception | None = None
        #: A past answer that is given instead.
        self.stale: dict | None = None
        #: When reads came, in seconds.
        self.reads: list[float] = []
        #: Reads wait for this, in real time.
        self.gate = threading.Event()
        self.gate.set()
        self.latency = 0.0
        self.on_read = lambda: None

    def write(self, value: str | None = None, version: int | None = None) -> None:
        version = version or self._stored.get("Version", 0) + 1
        self._stored = {
            "Value": value or f"token-{version}",
            "Version": version,
            "LastModifiedDate": datetime.datetime.fromtimestamp(
                START + self._clock.passed, tz=datetime.timezone.utc
            ),
        }

    def get_parameter(self, Name: str, WithDecryption: bool) -> dict:
        assert WithDecryption
        with self._lock:
            self.reads.append(self._clock.passed)
        self.on_read()
        self.gate.wait()
        self._clock.passed += self.latency
        if self.failure is not None:
            raise self.failure
        date = datetime.datetime.fromtimestamp(START + self._clock.passed, tz=datetime.timezone.utc)
        headers = {"date": date.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return {"Parameter": dict(self.stale or self._stored), "ResponseMetadata": {"HTTPHeaders": headers}}

    def answer(self) -> dict:
        return dict(self._stored)


class AwsError(Exception):
    """As botocore's ClientError."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"An error occurred ({code}): {message}")
        self.response = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"RequestId": "id-1"},
        }


def jwt(**claims) -> str:
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}.signature"


class FakeSqs:
    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.failure: Exception | None = None
        self.on_send = lambda: None

    def send_message(self, **message: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)
        self.on_send()


def client_of(clock: FakeClock, ssm: FakeSsm, sqs: FakeSqs, **options) -> TokenClient:
    """A client that may ask the refresher, unless `options` say otherwise."""
    return TokenClient(
        environment="sandbox",
        token="payments-api",
        ssm=ssm,
        sqs=sqs,
        clock=clock,
        **{"queue_url": QUEUE, **options},
    )


class AwsTest(unittest.TestCase):
    """With a token at a fake AWS, whose reads the test may hold up."""

    def setUp(self) -> None:
        self.clock = FakeClock()
        self.ssm = FakeSsm(self.clock)
        self.sqs = FakeSqs()
        self.ssm.write()
        self.addCleanup(self.ssm.gate.set)
