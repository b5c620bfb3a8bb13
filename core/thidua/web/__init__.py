"""The pages: thin views, a blueprint per subject. They render forms and never validate.

A view names the actor and the time, calls one service, commits once
(``with write() as session``) and renders or redirects.
"""
