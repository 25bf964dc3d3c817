"""The web chat.

python -m chat [--name NAME] [--host 127.0.0.1] [--port 7860]
"""

import os
from dataclasses import replace

from chat.page.options import PASSWORD, read_options
from chat.settings import Settings
from ingest.library import open_library

# What keeps gradio from calling out, from keeping questions in the browser, and from summing up
# its last 10,000 events anew after each one (an hour's chat would slow down by that alone).
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**12),
    "HF_HUB_OFFLINE": "1",
}


def serve(name: str, host: str, port: int, settings: Settings) -> None:
    """Open the page over library `name` until interrupted; UserError if it cannot be opened."""
    options = read_options()
    library = open_library(name)
    os.environ.pop(PASSWORD, None)  # no child process needs to know it
    os.environ.update(QUIET)
    print("loading the models…", flush=True)
    from chat.page.apart import Apart

    starting = Apart(name, replace(settings, follow_ups=True), options)
    from chat.page.server import run  # takes as long as the other process with the models

    with starting as desk:
        run(desk, library, settings.language, (host, port), options)
