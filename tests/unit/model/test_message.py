"""A message is an id with parameters."""

from arena.model.message import Message


def test_of() -> None:
    """Keyword parameters become the message's parameters, and equal messages are equal."""
    message = Message.of("denied.quota", limit=3, renews="tomorrow")
    assert message.id == "denied.quota"
    assert message.params == {"limit": 3, "renews": "tomorrow"}
    assert message == Message("denied.quota", {"renews": "tomorrow", "limit": 3})
    assert message != Message.of("denied.quota", limit=4, renews="tomorrow")
