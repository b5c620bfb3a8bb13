"""The least that such a page can cost: Flask and SQLAlchemy as their tutorials show them, twenty rows in a table.

The measure for load.py. Not a model: no rights, no sign-in, no menu, no filters.
"""

import sys

from flask import Flask, render_template_string
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from waitress import serve

PAGE = """<!doctype html><title>Hồ sơ</title><table>{% for row in rows %}
<tr><td>{{ row.code }}</td><td>{{ row.title }}</td><td>{{ row.state }}</td><td>{{ row.changed_at }}</td></tr>
{% endfor %}</table>"""
app, engine = Flask(__name__), create_engine(f"sqlite:///{sys.argv[1]}")


class Base(DeclarativeBase):
    pass


class Dossier(Base):
    __tablename__ = "dossier"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    changed_at: Mapped[str]
    filed: Mapped[int]


@app.get("/")
def rows() -> str:
    with Session(engine) as session:
        query = select(Dossier).where(Dossier.filed > 0).order_by(Dossier.id).limit(20)
        return render_template_string(PAGE, rows=session.scalars(query).all())


serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=8)
