"""What is allowed and what it means.

A rule is a plain synchronous function whose first argument is the session; the check lives inside the act.
Nothing here knows Flask or Discord's library, commits, prints, sleeps or uses the network; refusals are the
exceptions of `errors`, and each carries one finished sentence. `check_` raises, `is_` answers, `get_` raises
when something is missing, `find_` returns None.
"""
