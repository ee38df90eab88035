"""The README's example does what it says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests import factories
from tests.server import serving

README = Path(__file__).parents[2] / "README.md"


def run(program: str, data: Path) -> str:
    """Run Python text beside the portal's data; all it prints."""
    environment = {**os.environ, "TESTFIELDS_DATA": str(data)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout


async def test_the_example_books(own_db: str, tmp_path: Path) -> None:
    [example] = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    await factories.field()
    company = await factories.company()
    await factories.project(company)
    with serving(own_db, tmp_path) as server:
        accounts = {"company": {"token": await factories.token(company)}}
        (tmp_path / "demo.json").write_text(json.dumps({"base_url": server.base_url, "accounts": accounts}))
        said = run(example, tmp_path)
    assert re.fullmatch(r'201 /api/v1/reservations/\d+ "1"\n', said), said
