"""Telegram: python-telegram-bot's requests turned into outcomes, long polling into inbox rows, menus kept current."""
