"""The life of a dossier: one table of state, action, role → state; anything else is refused."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from thidua.models.people import Role


class State(enum.StrEnum):
    """Where a dossier stands (trạng thái)."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    SUBMITTED = "submitted"
    APPRAISING = "appraising"
    RETURNED = "returned"
    INELIGIBLE = "ineligible"
    ELIGIBLE = "eligible"
    JUDGING = "judging"
    SCORED = "scored"
    PUBLISHED = "published"

    @property
    def label(self) -> str:
        """The word people read."""
        return _LABELS[self]


_LABELS = {
    State.DRAFT: "Nháp",
    State.AWAITING: "Chờ nộp",
    State.SUBMITTED: "Đã nộp",
    State.APPRAISING: "Đang thẩm định",
    State.RETURNED: "Trả bổ sung",
    State.INELIGIBLE: "Không đủ điều kiện",
    State.ELIGIBLE: "Đủ điều kiện",
    State.JUDGING: "Đang chấm",
    State.SCORED: "Có kết quả",
    State.PUBLISHED: "Đã công bố",
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED})


class Action(enum.StrEnum):
    """What moves a dossier from state to state."""

    HAND_OVER = "hand_over"  # trình
    GIVE_BACK = "give_back"  # trả về
    SUBMIT = "submit"  # nộp
    WITHDRAW = "withdraw"  # rút
    TAKE_UP = "take_up"  # tiếp nhận
    RETURN = "return"  # trả lại bổ sung
    REFUSE = "refuse"  # không đủ điều kiện
    ACCEPT = "accept"  # đủ điều kiện
    ASSIGN = "assign"  # phân công chấm
    CLOSE = "close"  # chốt kết quả
    PUBLISH = "publish"  # công bố
    REOPEN = "reopen"  # mở lại


@dataclass(frozen=True)
class Transition:
    """``role`` may turn ``state`` into ``to`` by ``action``; ``reason`` says whether one is required."""

    state: State
    action: Action
    role: Role
    to: State
    reason: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.DRAFT, Action.HAND_OVER, Role.CLERK, State.AWAITING),
    Transition(State.RETURNED, Action.HAND_OVER, Role.CLERK, State.AWAITING),
    Transition(State.AWAITING, Action.GIVE_BACK, Role.HEAD, State.DRAFT, reason=True),
    Transition(State.AWAITING, Action.SUBMIT, Role.HEAD, State.SUBMITTED),
    Transition(State.SUBMITTED, Action.WITHDRAW, Role.HEAD, State.DRAFT),
    Transition(State.SUBMITTED, Action.TAKE_UP, Role.APPRAISER, State.APPRAISING),
    Transition(State.APPRAISING, Action.RETURN, Role.APPRAISER, State.RETURNED, reason=True),
    Transition(State.APPRAISING, Action.REFUSE, Role.APPRAISER, State.INELIGIBLE, reason=True),
    Transition(State.APPRAISING, Action.ACCEPT, Role.APPRAISER, State.ELIGIBLE),
    Transition(State.ELIGIBLE, Action.ASSIGN, Role.MANAGER, State.JUDGING),
    Transition(State.ELIGIBLE, Action.CLOSE, Role.MANAGER, State.SCORED),  # tracks without judging only
    Transition(State.JUDGING, Action.CLOSE, Role.MANAGER, State.SCORED),
    Transition(State.SCORED, Action.PUBLISH, Role.MANAGER, State.PUBLISHED),
    Transition(State.SCORED, Action.REOPEN, Role.MANAGER, State.JUDGING, reason=True),
    Transition(State.PUBLISHED, Action.REOPEN, Role.MANAGER, State.JUDGING, reason=True),
)

_TABLE = {(t.state, t.action): t for t in TRANSITIONS}


def transition(state: State, action: Action) -> Transition | None:
    """The row for ``action`` in ``state``, or None where the table has none."""
    return _TABLE.get((state, action))
