"""The web chat.

python -m chat [--name NAME] [--host 127.0.0.1] [--port 7860]
"""

import os

from chat.settings import Settings
from ingest.errors import UserError

# What keeps gradio from calling out, from keeping questions in the browser, from sharing.
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "GRADIO_SSR_MODE": "False"}
DANGEROUS = ("GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_VIBE_MODE", "GRADIO_ALLOWED_PATHS")


def serve(name: str, host: str, port: int, settings: Settings) -> None:
    """Open the page over library `name` until interrupted; UserError if it cannot be opened."""
    for variable in DANGEROUS:
        if os.environ.get(variable, "").lower() not in ("", "false", "0"):
            raise UserError(f"{variable} is set, which would open the page to others: unset it")
    os.environ.update(QUIET)
    print("loading the models…", flush=True)
    from chat.page.app import launch
    from chat.pipeline import open_chat

    with open_chat(name, settings) as chat:
        launch(chat, host, port)
