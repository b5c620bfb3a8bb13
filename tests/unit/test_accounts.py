"""Accounts without the web: passwords, their policy, roles with dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, update

from conftest import refused
from small_world import NOW, PASSWORD, World
from thidua.config import Settings
from thidua.errors import Invalid, NotAllowed, NotSignedIn
from thidua.models import Database, Event, Grant, Role, User
from thidua.services import accounts, passwords, signing_in
from thidua.services.passwords import Passwords

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    "password",
    [
        "hoa sữa tháng tám",
        "12 con giáp!",
        "ba con mèo 9",
        "x" * 3 + "yz" * 60,
        "Đường về nhà là vào tim ta",
        "🌸🌼 vườn xuân",
    ],
)
def test_any_characters_make_a_password(password: str) -> None:
    passwords.check(password, words=("vanthu1", "Trường Tiểu học Hoa Sen"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("bảy ký t", ""),
        ("7 ký tự", "password-short"),
        ("", "password-short"),
        ("x" * 300, "password-long"),
        ("12345678", "password-common"),
        ("Matkhau123", "password-common"),
        ("mật khẩu 1", "password-common"),
        ("PASSWORD!!", "password-common"),
        ("Starwars", "password-common"),
        ("butthead", "password-common"),
        ("Dragon#2026", "password-common"),
        ("chelsea_1905", "password-common"),
        ("aaaaaaaaaa", "password-common"),
        ("thidua2026", "password-context"),
        ("giaLam@2026", "password-context"),
        ("hieutruong1", "password-common"),
        ("cohieu1985", "password-context"),
        ("Hoa Sen 12345", ""),
    ],
)
def test_password_policy(password: str, code: str) -> None:
    words = ("cohieu", "Trường Tiểu học Hoa Sen")
    if not code:
        passwords.check(password, words=words)
        return
    with pytest.raises(Invalid) as refused:
        passwords.check(password, words=words)
    assert refused.value.code == code


def test_digits_are_no_word_of_the_site() -> None:
    passwords.check("90 8172 6355 41", words=("0123456", "Trường số 7"))


def test_password_is_hashed_and_typed_either_way(settings: Settings) -> None:
    hasher = Passwords(settings)
    stored = hasher.hash("ho\u00e0ng ho\u0302n")
    assert stored.startswith("$argon2id$")
    assert hasher.fits(stored, "hoa\u0300ng h\u00f4n")
    assert not hasher.fits(stored, "hoàng hon")
    assert not hasher.fits(None, "x")
    assert not hasher.fits("!", "x")


def test_unknown_login_costs_the_same_work(settings: Settings, database: Database, world: World) -> None:
    """One verification each, whoever is asked for: counted, not timed."""

    class Counting(Passwords):
        verified = 0

        def fits(self, stored: str | None, password: str) -> bool:
            self.verified += 1
            return super().fits(stored, password)

    for login in ("vanthu1", "nobody"):
        hasher = Counting(settings)
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(
                database, settings=settings, hasher=hasher, login=login, password="sai", address="10.0.0.1", now=NOW
            )
        assert hasher.verified == 1


class Interrupted(Passwords):
    """Something happens to the account while the password is being compared."""

    def __init__(self, settings: Settings, meanwhile: Callable[[], None]) -> None:
        super().__init__(settings)
        self.meanwhile = meanwhile

    def fits(self, stored: str | None, password: str) -> bool:
        fits = super().fits(stored, password)
        self.meanwhile()
        return fits


@pytest.mark.parametrize("change", [{"password_hash": "new"}, {"disabled_at": NOW}])
def test_sign_in_undoes_no_change_made_meanwhile(
    settings: Settings, database: Database, world: World, change: dict[str, object]
) -> None:
    user_id = world.users["vanthu1"]

    def meanwhile() -> None:
        with database.writing() as session:
            session.execute(update(User).where(User.id == user_id).values(**change))

    with pytest.raises(NotSignedIn):
        signing_in.sign_in(
            database,
            settings=settings,
            hasher=Interrupted(settings, meanwhile),
            login="vanthu1",
            password=PASSWORD,
            address="10.0.0.1",
            now=NOW,
        )
    with database.reading() as session:
        user = session.get_one(User, user_id)
        assert {key: getattr(user, key) for key in change} == change
        assert user.last_seen_at is None


def test_own_new_password_does_not_overrule_a_reset_made_meanwhile(
    settings: Settings, database: Database, world: World
) -> None:
    user_id = world.users["vanthu1"]

    def meanwhile() -> None:
        with database.writing() as session:
            user = session.get_one(User, user_id)
            accounts.reset_password(session, user, password_hash="once", by=world.actor("admin"), now=NOW)

    with refused("password-wrong"):
        signing_in.change_password(
            database,
            settings=settings,
            hasher=Interrupted(settings, meanwhile),
            old=PASSWORD,
            new="hoa sữa tháng tám",
            by=world.actor("vanthu1"),
            now=NOW,
        )
    with database.reading() as session:
        user = session.get_one(User, user_id)
        assert (user.password_hash, user.must_change) == ("once", True)


def test_fresh_site_has_no_account(database: Database) -> None:
    with database.reading() as session:
        assert session.scalars(select(User)).all() == []


def test_new_account_must_change_its_password(database: Database, world: World) -> None:
    with database.writing() as session:
        facts = {"login": "Moi.1", "name": "Mới", "password_hash": "x", "now": NOW}
        user = accounts.create_user(session, **facts, by=world.actor("admin"))
        assert (user.login, user.must_change) == ("moi.1", True)
        with refused("login-taken"):
            accounts.create_user(session, **facts, by=world.actor("admin"))
        with pytest.raises(NotAllowed):
            accounts.create_user(session, **{**facts, "login": "khac"}, by=world.actor("phutrach1"))


def test_grants_have_dates_and_do_not_overlap(database: Database, world: World) -> None:
    admin, unit = world.actor("admin"), world.units["xa1"]
    with database.writing() as session:
        user = session.get_one(User, world.users["tracuu"])
        facts = {"role": Role.JUDGE, "unit_id": unit, "by": admin, "now": NOW}
        first = accounts.grant(session, user, valid_from=DAY, valid_to=date(2026, 6, 1), **facts)
        with refused("grant-held"):
            accounts.grant(session, user, valid_from=date(2026, 5, 31), **facts)
        accounts.grant(session, user, valid_from=date(2026, 6, 1), **facts)
        with refused("dates-reversed"):
            accounts.grant(session, user, valid_from=DAY, valid_to=DAY, **facts)
        accounts.end_grant(session, user, first.id, last_day=date(2026, 3, 31), by=admin, now=NOW)
        assert session.get_one(Grant, first.id).valid_to == date(2026, 4, 1)
        own = session.scalars(select(Grant).where(Grant.user_id == admin.user_id)).one()
        myself = session.get_one(User, admin.user_id)
        with refused("user-self"):
            accounts.end_grant(session, myself, own.id, last_day=DAY, by=admin, now=NOW)


def test_a_role_that_has_ended_is_not_given_back_by_ending_it(database: Database, world: World) -> None:
    admin, unit = world.actor("admin"), world.units["xa1"]
    with database.writing() as session:
        user = session.get_one(User, world.users["tracuu"])
        facts = {"role": Role.JUDGE, "unit_id": unit, "by": admin, "now": NOW}
        over = accounts.grant(session, user, valid_from=date(2025, 1, 1), valid_to=date(2025, 6, 1), **facts)
        accounts.end_grant(session, user, over.id, last_day=DAY, by=admin, now=NOW)
        assert over.valid_to == date(2025, 6, 1)


def test_a_role_that_never_began_is_in_nobodys_way(database: Database, world: World) -> None:
    admin, unit = world.actor("admin"), world.units["xa1"]
    with database.writing() as session:
        user = session.get_one(User, world.users["tracuu"])
        facts = {"role": Role.JUDGE, "unit_id": unit, "by": admin, "now": NOW}
        slip = accounts.grant(session, user, valid_from=date(2026, 9, 1), **facts)
        accounts.end_grant(session, user, slip.id, last_day=DAY, by=admin, now=NOW)
        assert slip.valid_from == slip.valid_to
        given = accounts.grant(session, user, valid_from=DAY, **facts)
        assert (given.valid_from, given.valid_to) == (DAY, None)


def test_every_change_of_an_account_is_an_event(database: Database, world: World) -> None:
    admin = world.actor("admin")
    with database.writing() as session:
        user = session.get_one(User, world.users["vanthu1"])
        accounts.reset_password(session, user, password_hash="x", by=admin, now=NOW)
        accounts.disable(session, user, by=admin, now=NOW)
        accounts.enable(session, user, by=admin, now=NOW)
        session.flush()
        events = session.execute(select(Event.action, Event.user_id, Event.subject_id).order_by(Event.id)).all()
        expected = [(action, admin.user_id, user.id) for action in ("password-reset", "user-disabled", "user-enabled")]
        assert [tuple(event) for event in events] == expected


def test_one_time_passwords_differ_and_pass_the_policy() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password)
    assert PASSWORD not in made


def test_a_reset_password_and_a_shut_account_end_every_session(database: Database, world: World) -> None:
    admin = world.actor("admin")
    with database.writing() as session:
        user = session.get_one(User, world.users["vanthu1"])
        steps = (
            lambda: accounts.reset_password(session, user, password_hash="x", by=admin, now=NOW),
            lambda: (
                accounts.disable(session, user, by=admin, now=NOW),
                accounts.enable(session, user, by=admin, now=NOW),
            ),
        )
        for step in steps:
            token = f"{user.id}|{user.epoch}"
            assert signing_in.signed_in(session, token) is not None
            step()
            session.flush()
            assert signing_in.signed_in(session, token) is None
