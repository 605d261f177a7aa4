"""Text to tokens to keys, for Kazakh, Russian and English. Pure; reads only the data of the package."""
