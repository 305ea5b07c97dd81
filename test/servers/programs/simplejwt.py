"""Django with djangorestframework-simplejwt, and django-axes in front of it: three wrong passwords lock an account for good."""

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
serve(get_wsgi_application())
