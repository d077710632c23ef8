#!/usr/bin/env python
"""Django's command line. Commands that change schemas use the owner's login, all others the
runtime's.
"""

import os
import sys

OWNER_COMMANDS = frozenset(
    {
        "create_tenant",
        "make_demo_plants",
        "migrate",
        "migrate_schemas",
        "prepare_database",
        "restore_tenant",
        "showmigrations",
    }
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amis.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["AMIS_DB_LOGIN"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
