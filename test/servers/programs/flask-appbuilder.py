"""Flask-AppBuilder with the REST API for logins that Apache Superset has from it."""

import json
import logging
import os

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.utils.legacy import get_sqla_class
from serve import end_with_parent, serve


end_with_parent()
logging.disable(logging.WARNING)

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.urandom(32).hex(),
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{os.path.abspath('db.sqlite3')}",
    FAB_PASSWORD_HASH_METHOD="pbkdf2:sha256:1",
)
database = get_sqla_class()()
with app.app_context():
    database.init_app(app)
    security = AppBuilder(app, database.session).sm
    for username in json.loads(os.environ["ACCOUNTS"]):
        email = f"{username}@example.com"
        security.add_user(username, "A", "Machine", email, security.find_role("Public"), os.environ["PASSWORD"])
serve(app)
