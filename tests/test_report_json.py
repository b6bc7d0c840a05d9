# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON report against its schema."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from gfplint.finding import Problem, Skip
from tests.reports import DIFF, MASK, At, bare, finding, images, leaked, paint, review

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"


def strict(schema: Any) -> Any:
    """The schema with no room for fields that it does not name: the document may grow, this version of it may not."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if "allOf" in made or ("properties" in made and "additionalProperties" not in made):
        made["unevaluatedProperties"] = False
    return made


def opened(schema: Any) -> Any:
    """A finding with one more field is closed by the outer allOf, not by the inner parts."""
    for name in ("finding",):
        schema["$defs"][name].pop("unevaluatedProperties", None)
    for holder in (schema["$defs"]["patch"]["properties"]["suppressed"], schema["properties"]["series_findings"]):
        for part in holder["items"]["allOf"]:
            part.pop("unevaluatedProperties", None)
    return schema


def check(document: Any) -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    jsonschema.Draft202012Validator(opened(strict(schema))).validate(document)


def everything() -> Any:
    known = images(review().patch)
    return review(
        bare(replace="GFP_KERNEL | __GFP_THISNODE", fixed_later_by=(5, "5@example.org")),
        leaked(),
        resolved=[(At("GFP_KERNEL", "before"), {"mail_line": None, "function": None})],
        existing=[leaked()],
        suppressed=[bare(reason="measured: the pool is small")],
        skipped=(Skip("mm/x.c", None, None, None, "binary"), Skip("mm/y.c", 3, "f", "gfp/x", "needs a tree")),
        series_findings=(finding(MASK, known, rule="series/split"),),
    )


def test_the_report_is_what_the_schema_says() -> None:
    problems = (Problem("x.mbox", 12, "truncated hunk"), Problem("x.mbox", None, "internal error", "gfp/x"))
    document = json.loads(paint("json", everything(), review(), style={"all": True}, problems=problems, kernel="6.12"))
    check(document)
    [first, second] = document["patches"]
    assert [len(first[name]) for name in ("findings", "resolved", "existing", "suppressed", "skipped")] == [
        2,
        1,
        1,
        1,
        2,
    ]
    assert (second["findings"], second["series"]["number"]) == ([], 1)
    assert document["errors"][0] == {"input": "x.mbox", "line": 12, "rule": None, "message": "truncated hunk"}
    assert document["series_findings"][0]["series"] == "1-dev@example.org"
    assert document["tool"]["kernel"] == "6.12"
    assert document["summary"]["by_rule"] == {"gfp/bare-modifier": 1, "hotplug/lock-leaked": 1, "series/split": 1}


def test_a_finding_field_by_field() -> None:
    document = json.loads(paint("json", review(leaked())))
    [found] = document["patches"][0]["findings"]
    assert found["related"] == [
        {
            "path": "drivers/example/pool.c",
            "side": "after",
            "line": 43,
            "mail_line": 29,
            "code": "\tcpus_read_lock();",
            "message": "taken here",
        }
    ]
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (46, 3, 46, 18)
    assert found["code"] == "\t\treturn -ENOMEM;"
    assert (found["fix"], found["fixed_later_by"]) == (None, None)


def test_what_was_resolved_stands_in_the_pre_image() -> None:
    document = json.loads(paint("json", review(resolved=[(At("GFP_KERNEL", "before"), {})])))
    [found] = document["patches"][0]["resolved"]
    assert (found["side"], found["line"]) == ("before", 43)
    assert "GFP_KERNEL" in found["code"]


def test_existing_only_with_all() -> None:
    document = json.loads(paint("json", everything()))
    assert document["patches"][0]["existing"] == []
    check(document)


def test_info_is_always_there() -> None:
    document = json.loads(paint("json", review(bare(severity="info"))))
    assert document["patches"][0]["findings"][0]["severity"] == "info"


def test_nothing_at_all_is_a_document() -> None:
    document = json.loads(paint("json"))
    check(document)
    assert document["patches"] == []


def test_bytes_that_are_no_text_and_control_characters_survive_as_json() -> None:
    text = "\udcff\x00\x1b\u2028"
    one = review(bare(), diff=DIFF.replace("struct page *page;", f"/* {text} */"), header={"subject": text})
    raw = paint("json", one)
    raw.encode("utf-8")
    assert json.loads(raw)["patches"][0]["subject"] == "\ufffd\x00\x1b\u2028"


def test_patches_are_written_as_they_come() -> None:
    import io

    from gfplint.report.sinks import open_sink

    stream = io.StringIO()
    sink = open_sink("json", stream)
    sink.patch(review(bare()))
    assert '"rule": "gfp/bare-modifier"' in stream.getvalue()


def test_the_schema_says_no() -> None:
    document = json.loads(paint("json", review(bare())))
    document["patches"][0]["findings"][0]["severity"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        check(document)
    document = json.loads(paint("json", review(bare())))
    document["patches"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        check(document)


def test_real_output_errors_and_all(tmp_path: Path, demo: Path) -> None:
    """The program itself: a series, a truncated mail, a file that is not there, a rule that breaks."""
    folder = tmp_path / "mine" / "gfp"
    folder.mkdir(parents=True)
    (folder / "throws.py").write_text(
        'r"""A rule.\n"""\nfrom gfplint.rule import Function, Reports\n\nSEVERITY = "error"\n'
        'WORDS = ("alloc_contig_pages",)\n\n\n'
        "def check(fn: Function) -> Reports:\n    raise ValueError('oops')\n"
    )
    (tmp_path / "cut.patch").write_text(demo.read_text().partition("+\tif (!tb->page)")[0])
    options = ["--no-tree", "--all", "--format", "json", "--rules", "mine"]
    done = subprocess.run(
        [sys.executable, "-m", "gfplint", "check", *options, str(demo), "cut.patch", "none.mbox"],
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(SCHEMA.parents[1])},
    )
    document = json.loads(done.stdout)
    check(document)
    assert done.returncode == 2
    assert document["summary"]["covers"] >= 1
    assert {"gfp/bare-modifier", "hotplug/lock-leaked"} <= document["summary"]["by_rule"].keys()
    said = [f"{error['input']} {error['message']}" for error in document["errors"]]
    assert any("none.mbox" in line for line in said)
    assert any("cut.patch" in line for line in said)
    assert any("oops" in line for line in said)
    assert len(done.stderr.decode().splitlines()) == len(document["errors"])
    found = document["patches"][0]["findings"][0]
    line = demo.read_text().split("\n\nFrom 0")[1].split("\n")[found["mail_line"]]
    assert line == "+" + found["code"]


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_text(
        "static int f(int nid)\n{\n"
        "\tstruct page *p = alloc_pages_node(nid, __GFP_NOWARN, 0);\n\n\treturn p ? 0 : 1;\n}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "gfplint", "check", "-f", "--any-path", "--format", "json", "x.c"],
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(SCHEMA.parents[1])},
    )
    document = json.loads(done.stdout)
    check(document)
    [patch] = document["patches"]
    assert patch["files"] == [{"path": "x.c", "context": "whole", "base": "file", "note": None}]
    [found] = patch["findings"]
    assert (found["line"], found["column"], found["mail_line"], found["context"]) == (3, 41, None, "whole")
