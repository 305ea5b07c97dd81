from __future__ import annotations

import copy
import multiprocessing
import pickle
import unittest
from concurrent.futures import ProcessPoolExecutor

import requests
from token_refresher_client import TokenError


def rejection() -> TokenError:
    response = requests.Response()
    response.status_code = 401
    request = requests.Request(
        "GET", "https://api.example.com", headers={"Authorization": "Bearer the-token"}
    )
    response.request = request.prepare()
    return TokenError(
        "TokenRejected",
        "none newer",
        permission="sqs:SendMessage",
        aws_error="AccessDenied",
        request_id="id-1",
        response=response,
    )


def fail() -> None:
    raise rejection()


class TokenErrorInAnotherProcessTest(unittest.TestCase):
    def assert_same_without_response(self, error: BaseException | None) -> None:
        assert isinstance(error, TokenError)
        self.assertEqual(str(error), "TokenRejected: none newer")
        self.assertEqual(vars(error), {**vars(rejection()), "response": None})

    def test_it_is_pickled_and_copied_without_the_response(self) -> None:
        error = rejection()
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with self.subTest(protocol=protocol):
                pickled = pickle.dumps(error, protocol)
                self.assertNotIn(b"the-token", pickled)
                self.assert_same_without_response(pickle.loads(pickled))
        self.assert_same_without_response(copy.copy(error))
        self.assertEqual(error.response.status_code, 401)

    def test_a_pool_hands_it_on_and_goes_on(self) -> None:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            self.assert_same_without_response(pool.submit(fail).exception(timeout=60))
            self.assertEqual(pool.submit(len, "next").result(timeout=60), 4)


if __name__ == "__main__":
    unittest.main()
