"""AMIS, a manufacturing intelligence system: settings, composition and the local stack."""

__version__ = "1.0.0"
