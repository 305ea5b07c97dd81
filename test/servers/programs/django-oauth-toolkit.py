"""Django OAuth Toolkit: refresh tokens are rotated, and one that comes twice revokes all that was granted with it."""

import json
import os

import django
from django.conf import settings
from serve import end_with_parent, serve


end_with_parent()

settings.configure(
    SECRET_KEY=os.urandom(32).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    USE_TZ=True,
    OAUTH2_PROVIDER={
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "SCOPES": {"read": "read"},
    },
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("resource", protected_resource()(lambda request: HttpResponse("hello"))),
]

call_command("migrate", verbosity=0)
for username in json.loads(os.environ["ACCOUNTS"]):
    get_user_model().objects.create_user(username, password=os.environ["PASSWORD"])
for client_id, grant in json.loads(os.environ["CLIENTS"]).items():
    Application.objects.create(
        client_id=client_id,
        client_secret=os.environ["PASSWORD"],
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=grant,
    )
serve(get_wsgi_application())
