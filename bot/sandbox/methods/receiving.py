"""Who the bot is, and by which way it gets updates (``getUpdates`` itself waits: see ``botapi``)."""

from bot.sandbox.model import JsonObject
from bot.sandbox.params import Params
from bot.sandbox.replies import bad_request
from bot.sandbox.updates import Webhook
from bot.sandbox.world import World


def get_me(world: World, _params: Params) -> JsonObject:
    """``getMe``."""
    name = world.profile.names.get("") or world.bot.first_name
    return world.person(world.bot) | {
        "first_name": name,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_webhook(world: World, params: Params) -> bool:
    """``setWebhook``; unlike Telegram the sandbox also posts to plain HTTP, since it is there for loopback."""
    url = params.text("url")
    if url and not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if secret and not secret.replace("-", "").replace("_", "").isalnum():
        raise bad_request("secret token contains unallowed characters")
    updates = world.updates
    updates.webhook = Webhook(url, secret, params.integer("max_connections") or 40)
    updates.allow(params.json("allowed_updates"))
    if params.flag("drop_pending_updates"):
        updates.pending.clear()
    updates.bell.ring()
    return True


def delete_webhook(world: World, params: Params) -> bool:
    """``deleteWebhook``."""
    world.updates.webhook = Webhook()
    if params.flag("drop_pending_updates"):
        world.updates.pending.clear()
    return True


def get_webhook_info(world: World, _params: Params) -> JsonObject:
    """``getWebhookInfo``."""
    hook = world.updates.webhook
    info: JsonObject = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
    if hook.last_error:
        info |= {"last_error_date": int(hook.last_error_at), "last_error_message": hook.last_error}
    if world.updates.allowed:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


def close(_world: World, _params: Params) -> bool:
    """``close`` and ``logOut``: nothing to let go of here."""
    return True


METHODS = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "close": close,
    "logOut": close,
}
