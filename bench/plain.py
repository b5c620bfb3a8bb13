"""A bare page to compare with: Flask and SQLAlchemy as their tutorials show them, in a score of lines.

The measure for load.py. It signs somebody in by a cookie, looks the user up, asks for twenty of the same
dossiers and writes them into a table by a Jinja template, as any real page would have to. Not a model: no
passwords, no rights, no tokens, no menu, no filters, no counts, no headers.
"""

import sys

from flask import Flask, render_template, session
from jinja2 import DictLoader
from sqlalchemy import Table, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Session
from waitress import serve

PAGE = """<!doctype html><title>Hồ sơ</title><p>{{ user.name }}</p><table>{% for row in rows %}
<tr><td>{{ row.code }}</td><td>{{ row.title }}</td><td>{{ row.state }}</td><td>{{ row.changed_at }}</td></tr>
{% endfor %}</table>"""

app, engine = Flask(__name__), create_engine(f"sqlite:///{sys.argv[1]}")
app.secret_key, app.jinja_loader = "bare", DictLoader({"rows.html": PAGE})


class Base(DeclarativeBase):
    pass


class User(Base):
    __table__ = Table("user", Base.metadata, autoload_with=engine, resolve_fks=False)


class Dossier(Base):
    __table__ = Table("dossier", Base.metadata, autoload_with=engine, resolve_fks=False)


@app.get("/sign-in/<int:user>")
def sign_in(user: int) -> str:
    session["user"] = user
    return "signed in"


@app.get("/")
def rows() -> str:
    with Session(engine) as reader:
        found = reader.scalars(select(Dossier).where(Dossier.filed > 0).order_by(Dossier.id).limit(20)).all()
        return render_template("rows.html", user=reader.get(User, session["user"]), rows=found)


serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=8)
