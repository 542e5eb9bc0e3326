"""Settings behind HTTPS: secure cookies, HSTS, no demonstration identities."""

from __future__ import annotations

from tongban.config.settings.base import *  # noqa: F403

DEMONSTRATION = False
SESSION_COOKIE_NAME = "__Host-tongban"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
