"""A call that is being judged: what the tests of assigning, closing and their pages share.

The campaign is known by its stored definitions alone; its plugin is not installed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from small_world import NOW, Clock, World, add_user
from thidua.models import (
    Assignment,
    Call,
    Definition,
    Dossier,
    DossierParty,
    PartyRole,
    Result,
    Role,
    Score,
    Scoresheet,
    Stage,
    State,
    Submission,
    User,
    Version,
)
from thidua.permissions import Actor
from thidua.plugin import (
    AtLeast,
    Average,
    Basis,
    Campaign,
    Class,
    Column,
    Count,
    EachClass,
    Gate,
    Group,
    Is,
    Item,
    Judging,
    Param,
    Parameter,
    Prize,
    Report,
    Sample,
    Section,
    Share,
    Summary,
    Text,
    Track,
    shape_of,
)
from thidua.services import assigning, sheets
from thidua.services.site import Site
from thidua.text import fold, name_order
from thidua.times import Period, start_of_day

RUBRIC = Group(
    "tong",
    "Tổng",
    (
        Item("noi_dung", "Nội dung", max=60, step="0.5"),
        Item("trinh_bay", "Trình bày", max=40, step="0.25"),
        Gate("co_that", "Người thật, việc thật"),
    ),
)
CLASSES = (
    Class("a", "Loại A", (AtLeast("tong", points=Param("loai_a")),)),
    Class("b", "Loại B", (AtLeast("tong", points=50),)),
    Class("c", "Loại C"),
)
FORM = (Section("chung", "Thông tin", (Text("ten", "Tên bài"),)),)


def _sample(_rng: random.Random) -> Sample:
    return Sample(nominee="Nguyễn Thị Hoà", answers={})


TRACKS = (
    Track(
        "bai-viet",
        "Bài viết",
        subject="person",
        form=FORM,
        sample=_sample,
        rubric=RUBRIC,
        classes=CLASSES,
        tie_breaks=("noi_dung",),
        judging=Judging(judges=2, gap=Param("chenh"), blind=True),
        prizes=(
            Prize("nhat", "Giải Nhất", count=1, classes=("a",)),
            Prize("nhi", "Giải Nhì", count=Param("so_nhi"), classes=("a", "b")),
        ),
    ),
    Track("don-vi", "Đơn vị tự chấm", subject="collective", form=FORM, sample=_sample, rubric=RUBRIC, classes=CLASSES),
    Track("ghi-nhan", "Ghi nhận", subject="person", form=FORM, sample=_sample),
)
REPORTS = (
    Report(
        "tong_hop",
        "Tổng hợp kết quả",
        summaries=(
            Summary("Theo trường", by="unit", measures=(Count("Số bài"), EachClass(), Average("Điểm bình quân"))),
            Summary(
                "Theo xếp loại",
                by="class",
                measures=(Count("Số bài"), Share("Đạt giải (%)", where=(Is("prize", "*"),))),
                chart="Số bài",
            ),
        ),
        columns=(
            Column("number", "STT"),
            Column("nominee", "Tác giả"),
            Column("unit", "Trường"),
            Column("node:noi_dung", "Nội dung"),
            Column("total", "Tổng"),
            Column("class", "Xếp loại"),
            Column("prize", "Giải"),
        ),
        tracks=("bai-viet",),
        order=("-total", "nominee"),
    ),
    Report(
        "giai",
        "Danh sách đạt giải",
        columns=(Column("place", "Hạng"), Column("nominee", "Tác giả"), Column("prize", "Giải")),
        tracks=("bai-viet",),
        only=(Is("prize", "*"),),
        group_by="prize",
        order=("place",),
        signers=("TRƯỞNG BAN",),
    ),
)
CAMPAIGN = Campaign(
    "viet-guong",
    "2025",
    "Viết về gương sáng",
    basis=(Basis("05/KH-BTC", date(2025, 8, 30), "Ban Tổ chức"),),
    tracks=TRACKS,
    reports=REPORTS,
    parameters=(
        Parameter("chenh", "Chênh lệch phải chấm lại", default=15, minimum=5, maximum=30),
        Parameter("so_nhi", "Số giải Nhì", default=2, minimum=1, maximum=10),
        Parameter("loai_a", "Điểm loại A", default=80, minimum=70, maximum=90),
        Parameter("so_chu", "Số chữ nhiều nhất", default=1500, minimum=300, maximum=5000),
    ),
)
NAMES = ("An", "Bình", "Cúc", "Dung", "Én", "Gấm", "Hà", "Khuê", "Lan", "Mai", "Nga", "Oanh")


@dataclass
class Round:
    """A call at ``xa1`` run by ``phutrach1``, with judges ``gk1`` … ``gk4`` of the commune."""

    site: Site
    world: World
    clock: Clock
    call_id: int = 0
    call_public_id: str = ""
    definitions: dict[str, str] = field(default_factory=dict)
    judges: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 100_000)))

    def __post_init__(self) -> None:
        with self.site.database.writing() as session:
            for track in CAMPAIGN.tracks:
                made = shape_of(CAMPAIGN, track)
                identity = {"slug": made.slug, "edition": made.edition, "track": made.track}
                session.add(Definition(sha256=made.sha256, json=made.to_json(), seen_at=NOW, **identity))
                self.definitions[track.key] = made.sha256
            xa1 = self.world.units["xa1"]
            for n in (1, 2, 3, 4):
                user = add_user(session, f"gk{n}", (Role.JUDGE, xa1), password_hash=self._password(session))
                self.world.users[f"gk{n}"], self.judges[f"gk{n}"] = user.id, user.public_id
            call = Call(
                slug=CAMPAIGN.slug,
                edition=CAMPAIGN.edition,
                title="Viết về gương sáng 2025",
                unit_id=xa1,
                period=Period("year", 2025),
                opens=start_of_day(date(2026, 1, 5)),
                closes=start_of_day(date(2026, 3, 1)),
                parameters={},
            )
            session.add(call)
            session.flush()
            self.call_id, self.call_public_id = call.id, call.public_id

    def _password(self, session: object) -> str:
        return session.scalars(select(User.password_hash).where(User.login == "admin")).one()  # type: ignore[attr-defined]

    @property
    def manager(self) -> Actor:
        return self.world.actor("phutrach1", "xa1")

    def judge(self, login: str) -> Actor:
        return self.world.actor(login)

    def dossiers(
        self, count: int, *, track: str = "bai-viet", unit: str = "truong1", state: State = State.ELIGIBLE
    ) -> list[str]:
        """Filed dossiers as rows; their public ids."""
        with self.site.database.writing() as session:
            made = [self._dossier(session, track, self.world.units[unit], state) for _ in range(count)]
            session.flush()
            return [row.public_id for row in made]

    def _dossier(self, session, track: str, unit_id: int, state: State) -> Dossier:
        n = next(self._numbers)
        title = f"Nguyễn Thị {NAMES[(n - 1) % len(NAMES)]}"
        sha256, clerk = self.definitions[track], self.world.users["vanthu1"]
        letter = Submission(
            key=f"round-{n}",
            unit_id=unit_id,
            receiving_unit_id=self.world.units["xa1"],
            call_id=self.call_id,
            number=f"{n}/TTr",
            day=date(2026, 2, 1),
            signer="Trần Thị Hiệu",
            submitted_by=clerk,
            submitted_at=NOW,
        )
        row = Dossier(
            code=f"HS-2026-{900_000 + n:06}",
            call_id=self.call_id,
            track=track,
            title=title,
            title_key=name_order(title),
            title_folded=fold(title),
            owner_unit_id=unit_id,
            receiving_unit_id=self.world.units["xa1"],
            state=state,
            filed=1,
            definition_sha256=sha256,
            created_by=clerk,
            created_at=NOW,
            changed_at=NOW,
        )
        session.add_all([letter, row])
        session.flush()
        content = {"answers": {"ten": f"Bài {n}"}}
        session.add(
            Version(
                dossier_id=row.id,
                n=1,
                submission_id=letter.id,
                definition_sha256=sha256,
                content=content,
                sha256=f"{n:064}",
                submitted_at=NOW,
            )
        )
        return row

    def party(self, dossier: str, person: str, role: PartyRole = PartyRole.NOMINEE) -> None:
        with self.site.database.writing() as session:
            row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
            name = "Người trong hồ sơ"
            session.add(
                DossierParty(dossier_id=row.id, role=role, person_id=self.world.people[person], name_as_printed=name)
            )

    def is_person(self, login: str, person: str) -> None:
        with self.site.database.writing() as session:
            session.get_one(User, self.world.users[login]).person_id = self.world.people[person]

    def sheet(
        self,
        dossier: str,
        judge: str,
        content: str,
        form: str,
        *,
        gate: str = "1",
        final: bool = True,
        stage: Stage = Stage.JUDGE,
    ) -> int:
        """A sheet as rows, the points as typed; saving it again raises its revision.

        Nobody has compared it with others, so it may lie apart.
        """
        with self.site.database.writing() as session:
            query = select(Version).join(Dossier, Dossier.id == Version.dossier_id)
            version = session.scalars(query.where(Dossier.public_id == dossier)).one()
            who = self.world.users[judge]
            row = session.scalar(
                select(Scoresheet).where(Scoresheet.version_id == version.id, Scoresheet.scorer_id == who)
            )
            at = self.clock()
            if row is None:
                row = Scoresheet(version_id=version.id, stage=stage, scorer_id=who, changed_at=at, rev=0)
                session.add(row)
                session.flush()
            for old in list(row.scores):
                session.delete(old)
            session.flush()
            row.rev, row.final_at, row.changed_at = row.rev + 1, at if final else None, at
            row.apart = final and stage is Stage.JUDGE
            typed = {"noi_dung": content, "trinh_bay": form, "co_that": gate}
            session.add_all(Score(sheet_id=row.id, node=node, points=text) for node, text in typed.items() if text)
            return row.id

    def hand_in(self, dossier: str, judge: str, content: str, form: str, *, gate: str = "1") -> None:
        """A judge's final sheet, through the service."""
        texts = {f"point:{node}": text for node, text in zip(RUBRIC.leaves, (content, form, gate), strict=True)}
        with self.site.database.writing() as session:
            by, now = self.judge(judge), self.clock()
            saved = sheets.save_sheet(session, dossier=dossier, texts=texts, final=True, by=by, now=now)
            assert saved.state is sheets.SheetState.FINAL, saved.reckoned.problems

    def seat(self, dossiers: list[str], *judges: str, mark: str = "") -> assigning.Plan:
        """Give ``dossiers`` to ``judges`` by hand."""
        given = [self.judges[judge] for judge in judges]
        with self.site.database.writing() as session:
            by, now = self.manager, self.clock()
            plan = assigning.plan_by_hand(session, dossiers=dossiers, judges=given, by=by, now=now)
            return assigning.carry_out(session, plan, by=by, now=now, mark=mark)

    def state(self, dossier: str) -> State:
        with self.site.database.reading() as session:
            return session.scalars(select(Dossier.state).where(Dossier.public_id == dossier)).one()

    def states(self) -> list[State]:
        with self.site.database.reading() as session:
            query = select(Dossier.state).where(Dossier.call_id == self.call_id).order_by(Dossier.code)
            return list(session.scalars(query))

    def sitting(self, dossier: str) -> list[tuple[int, str, str]]:
        """Place, judge's login and why it ended, in the order in which they were given it."""
        with self.site.database.reading() as session:
            query = (
                select(Assignment.place, User.login, Assignment.ended_why)
                .join(User, User.id == Assignment.judge_id)
                .join(Dossier, Dossier.id == Assignment.dossier_id)
                .where(Dossier.public_id == dossier)
                .order_by(Assignment.id)
            )
            return [tuple(row) for row in session.execute(query)]

    def assignment(self, dossier: str, judge: str) -> str:
        with self.site.database.reading() as session:
            query = select(Assignment.public_id).join(Dossier, Dossier.id == Assignment.dossier_id)
            mine = Assignment.judge_id == self.world.users[judge]
            return session.scalars(query.where(Dossier.public_id == dossier, mine)).one()

    def results(self, dossier: str) -> list[Result]:
        with self.site.database.reading() as session:
            query = select(Result).join(Dossier, Dossier.id == Result.dossier_id)
            return list(session.scalars(query.where(Dossier.public_id == dossier).order_by(Result.n)))

    def code(self, dossier: str) -> str:
        with self.site.database.reading() as session:
            return session.scalars(select(Dossier.code).where(Dossier.public_id == dossier)).one()
