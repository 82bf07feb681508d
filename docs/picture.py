"""Writes `docs/dashboard.svg`, the picture in the README: the demo at the sample's own moment.

python docs/picture.py
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from monitor.demo import clean_up, prepare_demo
from monitor.tui.launch import prepare_environment, scorer_name


async def main() -> None:
    import os

    prepare_environment(os.environ)
    from monitor.tui.app import MonitorApp
    from monitor.tui.reading import ReadingThread
    from monitor.tui.store_source import StoreSource

    demo = prepare_demo()
    thread = ReadingThread(
        lambda: StoreSource(demo.path, demo.config, scorer_name(demo.config.scorer)), lambda: demo.as_of
    )
    app = MonitorApp(thread, store_name="demo", theme="dark", remote=False)
    thread.start()
    async with app.run_test(size=(120, 40)) as pilot:
        while app.reading is None or app.reading.posts is None or "┤" not in app.screen_stack[0].chart.text:
            await pilot.pause(0.05)
        await pilot.pause(0.5)
        picture = app.export_screenshot(title="monitor demo")
    clean_up(demo)
    Path(__file__).with_name("dashboard.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
