from __future__ import annotations

import copy
import http.server
import io
import os
import pickle
import tempfile
import threading
import traceback
import unittest
from unittest import mock

import requests
from botocore.response import StreamingBody
from token_refresher_client import TokenClient, TokenError, requests_auth
from token_refresher_client.requests_auth import BearerAuth


class FakeClient:
    """Knows an old token and its successor."""

    def __init__(self) -> None:
        self.rejected: list[str | None] = []
        self.failure: TokenError | None = None
        self.young: set[str] = set()

    def is_young(self, token: str) -> bool:
        return token in self.young

    def get_token(self, *, rejected: str | None = None) -> str:
        self.rejected.append(rejected)
        if rejected is None:
            return "old"
        if self.failure is not None:
            raise self.failure
        return "new"


class Api(http.server.ThreadingHTTPServer):
    """Answers 200 to one token; `/redirect` and `/see-other` send elsewhere, `/forbidden` answers 403."""

    def __init__(self, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.accepts = "new"
        self.header, self.prefix = "Authorization", "Bearer "
        self.elsewhere = elsewhere
        #: An accepted token is sent elsewhere.
        self.redirects = False
        #: Which request is accepted, whatever the token. 0: goes by the token.
        self.accepted_at = 0
        self.seen: list[tuple[str | None, bytes]] = []
        self.ports: list[int] = []
        self.cookies: list[str | None] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """The client leaves answers unread."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Api

    def do_POST(self) -> None:
        authorization = self.headers.get(self.server.header)
        self.server.seen.append((authorization, self.body()))
        self.server.ports.append(self.client_address[1])
        if self.path == "/redirect":
            return self.answer(307, {"Location": self.server.elsewhere})
        if self.path == "/see-other":
            return self.answer(303, {"Location": self.server.elsewhere})
        if self.path == "/forbidden":
            return self.answer(403)
        is_accepted = authorization == self.server.prefix + self.server.accepts
        if self.server.accepted_at > 0:
            is_accepted = len(self.server.seen) == self.server.accepted_at
        if is_accepted and self.server.redirects:
            return self.answer(302, {"Location": self.server.elsewhere})
        self.answer(200 if is_accepted else 401)

    do_GET = do_POST

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while True:
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def answer(self, status: int, headers: dict | None = None) -> None:
        self.send_response(status)
        self.server.cookies.append(self.headers.get("Cookie"))
        self.send_header("Set-Cookie", f"answer={len(self.server.cookies)}")
        for name, value in {"Content-Length": "2", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


class BearerAuthTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = FakeClient()
        self.api = Api()
        self.addCleanup(self.api.close)

    def post(self, path: str = "", **options) -> requests.Response:
        return requests.post(self.api.url + path, auth=BearerAuth(self.client), timeout=5, **options)

    def failure(self, **options) -> TokenError:
        with self.assertRaises(TokenError) as raised:
            self.post(**options)
        return raised.exception

    def tokens_seen(self) -> list[str | None]:
        return [authorization for authorization, _ in self.api.seen]

    def test_after_a_401_the_request_is_sent_once_more_with_the_successor(self) -> None:
        response = self.post(data="an order")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.api.seen, [("Bearer old", b"an order"), ("Bearer new", b"an order")])
        self.assertEqual(self.client.rejected, [None, "old"])
        self.assertEqual([earlier.status_code for earlier in response.history], [401])

    def test_the_second_request_uses_no_connection_that_the_server_may_be_about_to_end(self) -> None:
        with requests.Session() as session:
            session.auth = BearerAuth(self.client)
            self.assertEqual(session.post(self.api.url, timeout=5).status_code, 200)
        first, second = self.api.ports
        self.assertNotEqual(first, second)

    def test_the_second_request_brings_the_cookies_of_the_first_answer(self) -> None:
        self.post()
        self.assertEqual(self.api.cookies, [None, "answer=1"])

    def test_a_second_401_is_an_error_with_the_answer(self) -> None:
        self.api.accepts = "neither"
        error = self.failure()
        self.assertEqual((error.code, error.response.status_code), ("TokenRejected", 401))
        self.assertEqual(len(self.api.seen), 2)

    def test_no_successor_is_an_error_with_the_answer(self) -> None:
        self.client.failure = TokenError("TokenRejected", "none newer")
        self.assertEqual(self.failure().response.status_code, 401)
        self.assertIsNone(self.client.failure.response)

    def test_403_is_passed_on(self) -> None:
        self.assertEqual(self.post("/forbidden").status_code, 403)
        self.assertEqual(self.client.rejected, [None])

    def test_bodies_that_can_be_sent_again(self) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(b"head body")
            file.seek(len(b"head "))
            for name, options, body in [
                ("none", {}, b""),
                ("bytes", {"data": b"body"}, b"body"),
                ("a view of bytes", {"data": memoryview(b"body")}, b"body"),
                ("JSON", {"json": {"a": 1}}, b'{"a": 1}'),
                ("a file, from where it was", {"data": file}, b"body"),
                ("a buffer", {"data": io.BytesIO(b"body")}, b"body"),
            ]:
                with self.subTest(name):
                    self.api.seen.clear()
                    self.assertEqual(self.post(**options).status_code, 200)
                    self.assertEqual([sent for _, sent in self.api.seen], [body, body])

    def test_a_body_that_cannot_be_sent_again(self) -> None:
        for name, body in [
            ("a generator", (part for part in [b"bo", b"dy"])),
            ("a stream that tells its position and cannot seek", StreamingBody(io.BytesIO(b"body"), 4)),
        ]:
            with self.subTest(name):
                self.client.rejected.clear()
                self.api.seen.clear()
                error = self.failure(data=body)
                self.assertEqual((error.code, error.retryable), ("BodyNotReplayable", False))
                self.assertEqual(error.response.status_code, 401)
                self.assertEqual(self.api.seen, [("Bearer old", b"body")])
                self.assertEqual(self.client.rejected, [None, "old"])

    def test_a_redirect_that_drops_the_body_needs_no_rewinding(self) -> None:
        self.api.elsewhere = self.api.url
        self.assertEqual(self.post("/see-other", data=io.BytesIO(b"body")).status_code, 200)
        self.assertEqual(self.api.seen, [("Bearer old", b"body"), ("Bearer old", b""), ("Bearer new", b"")])

    def test_another_header_is_sent_the_same_way(self) -> None:
        self.api.header, self.api.prefix = "X-Tableau-Auth", ""
        auth = BearerAuth(self.client, header="X-Tableau-Auth", scheme="")
        self.assertEqual(requests.get(self.api.url, auth=auth, timeout=5).status_code, 200)
        self.assertEqual(self.tokens_seen(), ["old", "new"])

    def test_no_header_goes_to_another_host(self) -> None:
        for header in ["Authorization", "X-Tableau-Auth"]:
            for path in ["/redirect", "/see-other"]:
                with self.subTest(header=header, path=path):
                    elsewhere = Api()
                    self.addCleanup(elsewhere.close)
                    self.api.elsewhere = elsewhere.url
                    self.api.header = elsewhere.header = header
                    auth = BearerAuth(self.client, header=header, scheme="")
                    requests.post(self.api.url + path, auth=auth, data="body", timeout=5)
                    self.assertEqual([token for token, _ in elsewhere.seen], [None])

    def test_a_header_stays_with_its_own_host(self) -> None:
        self.api.header, self.api.prefix, self.api.elsewhere = "X-Tableau-Auth", "", self.api.url
        auth = BearerAuth(self.client, header="X-Tableau-Auth", scheme="")
        self.assertEqual(requests.post(self.api.url + "/redirect", auth=auth, timeout=5).status_code, 200)
        self.assertEqual(self.tokens_seen(), ["old", "old", "new"])

    def test_a_header_that_is_none_is_refused(self) -> None:
        for options in [{"header": "X Key"}, {"header": "Host"}, {"header": "Content-Type"}, {"scheme": "a\r\nb"}]:
            with self.subTest(options), self.assertRaises(TokenError) as raised:
                BearerAuth(self.client, **options)
            self.assertEqual(raised.exception.code, "InvalidOption")

    def test_no_local_variable_where_it_raises_is_a_token(self) -> None:
        self.api.accepts = "neither"
        none_newer = TokenError("TokenRejected", "none newer")
        for failure, body, message in [
            (none_newer, "body", "none newer"),
            (None, "body", "the newest token, too"),
            (None, iter([b"body"]), "used up"),
        ]:
            self.client.failure = failure
            # Not by assertRaises: that clears the frames.
            try:
                self.post(data=body)
                self.fail("it raised nothing")
            except TokenError as error:
                self.assertIn(message, str(error))
                frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            ours = [frame.f_locals for frame in frames if frame.f_code.co_filename == requests_auth.__file__]
            self.assertEqual(len(ours), 2)
            self.assertNotRegex(repr(ours), "'(Bearer )?(old|new)'")

    def test_a_redirect_to_another_host_loses_the_token_and_its_401_is_passed_on(self) -> None:
        other = Api()
        self.addCleanup(other.close)
        self.api.elsewhere = other.url.replace("127.0.0.1", "localhost")
        self.assertEqual(self.post("/redirect").status_code, 401)
        self.assertEqual(other.seen, [(None, b"")])
        self.assertEqual(self.client.rejected, [None])

    def test_after_a_redirect_a_header_of_a_second_request_does_not_go_to_another_host_either(self) -> None:
        elsewhere = Api()
        self.addCleanup(elsewhere.close)
        self.api.header = elsewhere.header = "X-Tableau-Auth"
        self.api.prefix, self.api.elsewhere, self.api.redirects = "", elsewhere.url, True
        auth = BearerAuth(self.client, header="X-Tableau-Auth", scheme="")
        requests.get(self.api.url, auth=auth, timeout=5)
        self.assertEqual(self.tokens_seen(), ["old", "new"])
        self.assertEqual([token for token, _ in elsewhere.seen], [None])

    def test_a_young_token_is_sent_again_before_it_counts_as_rejected(self) -> None:
        self.client.young = {"old"}
        for accepted_at, pauses, rejected in [(2, [1], [None]), (3, [1, 2], [None]), (4, [1, 2], [None, "old"])]:
            with self.subTest(accepted_at), mock.patch("time.sleep") as sleep:
                self.api.seen.clear()
                self.client.rejected.clear()
                self.api.accepts = "any"
                self.api.accepted_at = accepted_at
                self.assertEqual(self.post(data="an order").status_code, 200)
                self.assertEqual([body for _, body in self.api.seen], [b"an order"] * accepted_at)
                self.assertEqual([call.args[0] for call in sleep.call_args_list], pauses)
                self.assertEqual(self.client.rejected, rejected)

    def test_a_generator_is_not_sent_again_for_a_young_token(self) -> None:
        self.client.young = {"old"}
        with mock.patch("time.sleep") as sleep:
            self.assertEqual(self.failure(data=iter([b"body"])).code, "BodyNotReplayable")
        sleep.assert_not_called()

    def test_responses_errors_and_sessions_are_pickled_and_copied_without_the_token(self) -> None:
        region = mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"})
        region.start()
        self.addCleanup(region.stop)
        client = TokenClient(environment="sandbox", token="payments-api", queue_url="https://sqs.test/q.fifo")
        client.get_token = self.client.get_token  # type: ignore[method-assign]
        with requests.Session() as session:
            session.auth = BearerAuth(client)
            self.api.elsewhere = self.api.url
            response = session.post(self.api.url + "/see-other", data=b"body", timeout=5)
            self.assertEqual([earlier.status_code for earlier in response.history], [303])
            with self.assertRaises(requests.HTTPError) as raised:
                session.post(self.api.url + "/forbidden", timeout=5).raise_for_status()
            for value in [response, raised.exception, session]:
                with self.subTest(type(value)):
                    data = pickle.dumps(value)
                    self.assertNotRegex(data, rb"\bold\b|\bnew\b")
                    self.assertIsInstance(pickle.loads(data), type(value))
                    self.assertIsInstance(copy.deepcopy(value), type(value))
        restored = pickle.loads(pickle.dumps(client))
        self.assertEqual(restored._arguments, client._arguments)

    def test_it_serves_a_session(self) -> None:
        with requests.Session() as session:
            session.auth = BearerAuth(self.client)
            self.assertEqual([session.get(self.api.url).status_code for _ in range(2)], [200, 200])


if __name__ == "__main__":
    unittest.main()
