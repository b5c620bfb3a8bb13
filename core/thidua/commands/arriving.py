"""Large raw bodies go straight to the store: waitress itself writes them to a file that the site would copy again."""

from __future__ import annotations

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # ships no annotations
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]
from waitress.receiver import FixedStreamReceiver  # type: ignore[import-untyped]

from thidua.files.arrival import Arrival
from thidua.files.store import BlobStore


class _Body:
    """What waitress asks of the buffer of a body."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        self.append = arrival.append
        self.close = arrival.close

    def __len__(self) -> int:
        return self._arrival.size

    def getfile(self) -> Arrival:
        """The body as the application reads it."""
        return self._arrival


def channel_into(store: BlobStore) -> type:
    """Connections whose PUT bodies too large for memory arrive as :class:`Arrival` in the folder of ``store``."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]  # untyped above
        body_rcv: object

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            announced = isinstance(self.body_rcv, FixedStreamReceiver)
            if announced and self.command == "PUT" and self.content_length >= self.adj.inbuf_overflow:
                self.body_rcv = FixedStreamReceiver(self.content_length, _Body(Arrival(store.tmp)))

    class Channel(HTTPChannel):  # type: ignore[misc]  # untyped above
        parser_class = Parser

    return Channel
