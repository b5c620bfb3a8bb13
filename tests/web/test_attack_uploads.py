"""Forms with files that no person would send."""

from __future__ import annotations

import io

from flask import Flask
from sqlalchemy import func, select

from small_world import World
from thidua.errors import say
from thidua.models import Attachment
from thidua.services.site import Site
from thidua.web.uploads import MOST_AT_ONCE
from web_desk import post, signed_in, start


def test_form_with_more_files_than_a_person_sends_is_refused_whole(app: Flask, site: Site, world: World) -> None:
    clerk = signed_in(app, "vanthu1")
    dossier = start(clerk, world)
    many = [(io.BytesIO(b"x"), f"{n}.docx") for n in range(MOST_AT_ONCE + 1)]
    answer = post(clerk, f"{dossier}/tep/bao_cao", {"tep": many}, content_type="multipart/form-data")
    said = say("files-too-many", count=MOST_AT_ONCE + 1, limit=MOST_AT_ONCE)
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 0
