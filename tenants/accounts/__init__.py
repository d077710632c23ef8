"""What AMIS adds to django-allauth: its adapters and forms, which the settings name."""
