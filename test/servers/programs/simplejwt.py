"""Django with djangorestframework-simplejwt, and django-axes in front of it: three wrong passwords lock an account for good."""

import json
import os
import shutil
import sys
import threading
from wsgiref.simple_server import make_server

import django
from django.conf import settings


def end_with_parent():
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["FOLDER"], ignore_errors=True)
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()

settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "axes"],
    MIDDLEWARE=["axes.middleware.AxesMiddleware"],
    AUTHENTICATION_BACKENDS=[
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    # Without a cool-off time each failure counts for ever, so that it does not matter what time it is here.
    AXES_FAILURE_LIMIT=3,
    AXES_LOCKOUT_PARAMETERS=["username"],
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView  # noqa: E402

urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
]

call_command("migrate", verbosity=0)
for username in json.loads(os.environ["ACCOUNTS"]):
    get_user_model().objects.create_user(username, password=os.environ["PASSWORD"])
server = make_server("127.0.0.1", 0, get_wsgi_application())
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
