"""The operator's pages: swap the sources, behind a password; see `routes` for what there is.

CAVEAT_OPERATOR_PASSWORD=... python -m chat    and then open /operator
"""
