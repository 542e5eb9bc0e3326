"""Settings of every profile. Source of the limits: assurance guide §9, §10."""

from __future__ import annotations

from tongban.config import env

PROFILE = env.text("TONGBAN_PROFILE", "embedded")
# Demonstration identities (区划 999, 组织机构代码 MADEMX) are accepted only where this is on.
DEMONSTRATION = PROFILE in ("demo", "test")
SECRET_KEY = env.secret_key()
DEBUG = False
ALLOWED_HOSTS = env.text("TONGBAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
PLACE = env.text("TONGBAN_PLACE", "honghu")
PACK_DIR = env.text("TONGBAN_PACK", str(env.ROOT / "packs" / "honghu"))

APPS = [
    "core", "jobs", "audit", "outbox", "attachments", "notices", "calendars", "search", "payments", "delivery", "vocabulary", "identity",
    "orgs", "documents", "licences", "decisions", "catalogue", "cases", "hall", "visits", "themes", "disclosure", "evaluation",
    "supervision", "indicators", "taskforce", "packs", "authoring", "portals.citizen", "portals.office", "portals.counter",
    "portals.supervisor", "portals.screen",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    *(f"tongban.{app}" for app in APPS),
]
MIDDLEWARE = [
    "tongban.core.middleware.RequestId",
    "tongban.core.middleware.SecurityHeaders",
    "tongban.core.middleware.SizeLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tongban.core.middleware.SessionLimits",
    "tongban.core.middleware.WhoActs",
    "tongban.core.middleware.Refusals",
]
ROOT_URLCONF = "tongban.config.urls"
WSGI_APPLICATION = "tongban.config.wsgi.application"
ACTOR_LOADER = "tongban.orgs.queries.actor_of"
REFUSAL_RECORDER = "tongban.audit.services.refused"
TOKEN_LOADER = "tongban.identity.services.account_of_token"  # noqa: S105  # a dotted path
# Outside systems: what makes the port, where it is, what signs. Without an address it is not in use.
PAYMENT_GATEWAY = "tongban.payments.adapters.http.gateway"
CLOCK = env.pace(is_demonstration=DEMONSTRATION)
PAYMENTS = env.outside(
    "TONGBAN_PAYMENTS_URL", "TONGBAN_PAYMENTS_SECRET", key="payments", is_demonstration=DEMONSTRATION
)
COURIER_GATEWAY = "tongban.delivery.adapters.http.gateway"
DELIVERY = env.outside(
    "TONGBAN_DELIVERY_URL", "TONGBAN_DELIVERY_SECRET", key="delivery", is_demonstration=DEMONSTRATION
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tongban.core.templatetags.ui"],
            "context_processors": ["tongban.core.http.page_context", "tongban.portals.office.views.messages.unread"],
        },
    }
]

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
FILES_DIR = env.var_dir() / "files"
SPOOL_DIR = env.var_dir() / "spool"
UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024
APPLICATION_LIMIT_BYTES = 200 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MOST_REQUEST_BYTES = 300 * 1024 * 1024  # of any request, files and all; each kind of file has its own limit besides
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "tongban_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_S = {"citizen": 30 * 60, "staff": 15 * 60}
SESSION_ABSOLUTE_S = {"citizen": 12 * 3600, "staff": 9 * 3600}
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tongban.core.http.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "/login"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
