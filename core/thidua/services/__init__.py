"""The rules of the work, a file per subject. No web in here.

Every function takes its session (or the :class:`~thidua.services.site.Site` where it
must run outside a transaction), then keyword arguments: the facts, ``by`` (an
:class:`~thidua.permissions.Actor`) and ``now``. It returns or raises a
:class:`~thidua.errors.Refused`; the caller commits.
"""
