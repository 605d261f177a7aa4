"""The texts of Jarshy in Kazakh, Russian and English, as gettext catalogues; ``bot.i18n`` reads them."""
