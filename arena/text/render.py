"""Choose the words of a message in the learner's language."""

import functools
import gettext
import os
from collections.abc import Mapping
from pathlib import Path

from arena.model.message import Message
from arena.model.safe_text import safe_block

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "bn")


def language(configured: str | None, environment: Mapping[str, str] | None = None) -> str:
    """The language to speak: ``ARENA_LANG``, else the workspace's, else the locale's, else English."""
    env = os.environ if environment is None else environment
    candidates = (env.get("ARENA_LANG"), configured, env.get("LC_ALL"), env.get("LC_MESSAGES"), env.get("LANG"))
    for candidate in candidates:
        if candidate and candidate[:2].casefold() in LANGUAGES:
            return candidate[:2].casefold()
        if candidate:
            break
    return "en"


@functools.cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The compiled texts of one language."""
    return gettext.translation("arena", localedir=LOCALE, languages=[lang])


def render_id(message_id: str, params: Mapping[str, object], lang: str) -> str:
    """The text of ``message_id`` with its parameters, each made safe to show.

    Raises:
        KeyError: no such message. A test makes sure that every id in the code has its texts.
    """
    template = catalogue(lang).gettext(message_id)
    if template == message_id:
        raise KeyError(message_id)
    shown = {name: _shown(value) for name, value in params.items()}
    return template.format_map(shown)


def render(message: Message, lang: str) -> str:
    """The text of a message in one language; of one that this version does not know, its id and parameters."""
    try:
        return render_id(message.id, message.params, lang)
    except KeyError:
        # A record that a later version wrote, or that was merged by hand.
        return safe_block(f"{message.id} {dict(message.params)}")


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else safe_block(str(value))
