"""Answers to pressed buttons and inline queries."""

from bot.sandbox.entities import parse, utf16_length
from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Params
from bot.sandbox.replies import bad_request
from bot.sandbox.world import Question, World

MAX_ANSWER = 200
MAX_RESULTS = 50
EXPIRES_AFTER = 15 * 60
"""Seconds after which Telegram no longer takes an answer to a pressed button (about a quarter of an hour)."""
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, params: Params) -> bool:
    """``answerCallbackQuery``."""
    question = _open_question(world, params.text("callback_query_id"))
    text = params.text("text")
    if utf16_length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    _settle(
        world, question, "answer", {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    )
    return True


def answer_inline_query(world: World, params: Params) -> bool:
    """``answerInlineQuery``."""
    question = _open_question(world, params.text("inline_query_id"))
    results = params.json("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results JSON object")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.get("id") for result in results if isinstance(result, dict)]
    if not all(isinstance(one, str) and 1 <= len(one.encode()) <= 64 for one in ids):  # noqa: PLR2004 - Bot API
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        _check_content(result)
    answer: JsonObject = {
        "results": results,
        "button": params.json("button"),
        "next_offset": params.text("next_offset"),
    }
    _settle(world, question, "inline", answer)
    return True


def _check_content(result: object) -> None:
    """Refuse a result whose text or buttons could not be sent."""
    content = result.get("input_message_content") if isinstance(result, dict) else None
    if isinstance(content, dict) and "message_text" in content:
        if not content["message_text"]:
            raise bad_request("message text is empty")
        parse(str(content["message_text"]), str(content.get("parse_mode") or ""))
    if isinstance(result, dict):
        inline_keyboard(result.get("reply_markup"))


def _open_question(world: World, number: str) -> Question:
    question = world.questions.get(number)
    if question is None or question.answer is not None or world.clock() - question.asked_at > EXPIRES_AFTER:
        raise bad_request(_TOO_OLD)
    return question


def _settle(world: World, question: Question, kind: str, answer: JsonObject) -> None:
    question.answer = answer
    world.journal.add(kind, question.chat_id, world.clock(), query_id=question.id, user_id=question.user_id, **answer)


METHODS = {"answerCallbackQuery": answer_callback_query, "answerInlineQuery": answer_inline_query}
