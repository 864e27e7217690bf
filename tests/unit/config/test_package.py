import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

import config
from config import json_schema
from config.__main__ import main
from config.section import Section

ROOT = Path(__file__).resolve().parents[3]


def keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name


HOMES = [import_module(f"config.{name}") for name in ("schema", *sorted(set(config._HOMES.values())))]
SECTIONS = [
    found
    for home in HOMES
    for found in vars(home).values()
    if isinstance(found, type) and issubclass(found, Section) and found is not Section
]


def test_everything_exported_is_there():
    for name in config.__all__:
        assert getattr(config, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = config.absent


def test_small_processes_do_not_pay_for_what_they_do_not_use():
    program = "import sys, config; print([m for m in ('pydantic', 'yaml', 'redis', 'asyncio') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.strip() == "[]"


def test_reading_a_config_needs_no_client_of_the_store():
    program = "import sys, config.load, config.schema; print([m for m in ('redis', 'asyncio') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.strip() == "[]"


def test_the_schema_in_the_repository_is_the_one_that_is_generated():
    message = "run python -m config"
    assert (ROOT / "config.schema.json").read_text(encoding="utf-8") == json_schema.generate(), message


def test_the_schema_allows_references_where_numbers_stand(capsys):
    assert main(["-"]) == 0
    printed = json.loads(capsys.readouterr().out)
    port = printed["$defs"]["Gateway"]["properties"]["port"]
    assert {"type": "string", "pattern": r"\$\{"} in port["anyOf"]
    assert printed["additionalProperties"] is False


def test_wrong_usage_of_the_command_is_told(capsys):
    assert main(["--what"]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_every_key_is_documented(section):
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    assert [key for key in keys(section) if f"`{key}`" not in page] == []


def test_the_examples_of_the_page_can_be_loaded(tmp_path):
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        (tmp_path / "config.yaml").write_text(example, encoding="utf-8")
        assert config.load(tmp_path / "config.yaml", {"REDIS_PASSWORD": "x"}).pools


def test_help_is_no_wrong_usage(capsys):
    assert (main(["--help"]), main(["-h"])) == (0, 0)
    assert capsys.readouterr().out.count("usage: python -m config") == 2
    assert main(["--nothing"]) == 2
