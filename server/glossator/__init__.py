"""Glossator writes documentation for code and keeps it true."""

__version__ = "0.1.0"
__all__ = ["__version__"]
