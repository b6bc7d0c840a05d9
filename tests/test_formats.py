# SPDX-License-Identifier: GPL-2.0-or-later
"""The formats that other tools read: each as its reader wants it, and made of hostile patches."""

import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from gfplint.finding import Problem, Skip
from gfplint.report.sinks import DIALECT, FORMATS, QUIET_STDERR
from tests.reports import DIFF, MASK, At, bare, finding, images, leaked, paint, review

HOSTILE = "\x1b[31m\"<b>&'`</b>]]>\u202e\u2028\udcff\x00|--\u0085"
PROBLEMS = (Problem("x.mbox", 12, "truncated hunk ERROR: x"),)


def hostile() -> Any:
    """A patch and a report in which every text is an attack."""
    diff = DIFF.replace("struct page *page;", f"/* {HOSTILE} */").replace("drivers/example/pool.c", "a/<p>&'.c")
    at = MASK._replace(path="a/<p>&'.c")
    words = {
        "message": HOSTILE,
        "help": HOSTILE,
        "function": HOSTILE,
        "related": [(at._replace(text="if (!page)"), HOSTILE)],
    }
    return review(
        (at, words),
        diff=diff,
        header={"subject": HOSTILE, "title": HOSTILE, "input": HOSTILE},
        suppressed=[(at, {"reason": HOSTILE})],
        resolved=[(at._replace(text="GFP_KERNEL", side="before"), {"function": HOSTILE})],
        skipped=(Skip(HOSTILE, 1, HOSTILE, HOSTILE, HOSTILE),),
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_everything(name: str) -> None:
    for style in ({}, {"strict": True, "verbose": True, "all": True, "quiet": True}):
        for reviews in ([], [review()], [hostile(), review(bare(), leaked()), review()]):
            text = paint(name, *reviews, style=style, problems=PROBLEMS)
            text.encode("utf-8")
            if name not in ("json", "jsonl", "svg"):
                assert not set(text) & set("\x1b\x00\u202e\u2028\u0085\udcff")
            assert not text or text.endswith("\n")


@pytest.mark.parametrize("name", ["json", "sarif", "gitlab", "rdjson", "b4-review"])
def test_json_is_json(name: str) -> None:
    for reviews in ([], [hostile(), review(bare())]):
        json.loads(paint(name, *reviews, problems=PROBLEMS))


@pytest.mark.parametrize("name", ["jsonl", "rdjsonl"])
def test_lines_are_json(name: str) -> None:
    lines = paint(name, hostile(), review(bare())).split("\n")
    assert lines.pop() == ""
    assert len([json.loads(line) for line in lines]) == (3 if name == "jsonl" else 2)


@pytest.mark.parametrize("name", ["checkstyle", "junit", "svg"])
def test_xml_is_xml(name: str) -> None:
    for reviews in ([], [hostile(), review(bare())]):
        ET.fromstring(paint(name, *reviews, problems=PROBLEMS))


# --- checkpatch and b4


def checkpatch(*words: str, **style: Any) -> str:
    assert set(words) <= DIALECT
    return paint(f"checkpatch:{','.join(words)}" if words else "checkpatch", review(bare(help=None)), style=style)


TEXT = "__GFP_THISNODE | __GFP_NOWARN has modifiers but no base: alloc_pages_node() cannot reclaim"
CODE = "+\tpage = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);"
TOTAL = "total: 0 errors, 1 warnings, 22 lines checked"


def test_checkpatch_by_default() -> None:
    assert checkpatch().split("\n") == [
        f"WARNING: {TEXT}",
        "#27: FILE: drivers/example/pool.c:44:",
        CODE,
        "",
        TOTAL,
        "",
        "pool.mbox has style problems, please review.",
        "",
    ]


def test_checkpatch_for_emacs() -> None:
    lines = checkpatch("emacs").split("\n")
    assert lines[:2] == [f"pool.mbox:27: WARNING: {TEXT}", "#27: FILE: drivers/example/pool.c:44:"]


def test_checkpatch_terse_is_one_line_and_quieter() -> None:
    assert checkpatch("terse").split("\n") == [f"pool.mbox:27: WARNING: {TEXT}", TOTAL, ""]
    assert checkpatch("terse", "no-summary") == f"pool.mbox:27: WARNING: {TEXT}\n"


def test_checkpatch_showfile() -> None:
    assert checkpatch("showfile").split("\n")[:3] == [f"drivers/example/pool.c:44: WARNING: {TEXT}", CODE, ""]
    assert checkpatch("showfile", "terse").startswith(f"drivers/example/pool.c:44: WARNING: {TEXT}\ntotal:")


def test_checkpatch_types_checks_and_summary() -> None:
    assert checkpatch("show-types").startswith(f"WARNING:GFP_BARE_MODIFIER: {TEXT}\n")
    text = paint("checkpatch", review(bare(severity="info")), style={"strict": True})
    assert text.startswith("CHECK: ") and "total: 0 errors, 0 warnings, 1 checks, 22 lines checked\n" in text
    assert "CHECK" not in paint("checkpatch", review(bare(severity="info")))
    assert checkpatch("summary-file", "terse").splitlines()[1] == f"pool.mbox {TOTAL}"


def test_checkpatch_on_a_clean_patch() -> None:
    assert paint("checkpatch", review()) == (
        "total: 0 errors, 0 warnings, 22 lines checked\n\n"
        "pool.mbox has no obvious style problems and is ready for submission.\n"
    )
    assert paint("checkpatch", review(), style={"quiet": True}) == ""
    assert paint("checkpatch:mailback", review()) == ""


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ({"input": "a/x.patch"}, "a/x.patch"),
        ({"input": "-"}, '"[PATCH v2 1/2] example: pool: stay on the node"'),
        ({"input": "-", "subject": ""}, "Your patch"),
        ({"input": "0123456789" * 4}, 'Commit 012345678901 ("example: pool: stay on the node")'),
    ],
)
def test_checkpatch_calls_its_input_by_name(header: dict[str, str], name: str) -> None:
    last = paint("checkpatch", review(header=header)).splitlines()[-1]
    assert last == f"{name} has no obvious style problems and is ready for submission."


def test_checkpatch_on_a_line_that_did_not_change() -> None:
    lines = paint("checkpatch", review(leaked())).split("\n")
    assert lines[:4] == [
        "ERROR: returns with cpu_hotplug_lock held: cpus_read_lock() is not undone on this path",
        "call cpus_read_unlock() before leaving",
        "#27: FILE: drivers/example/pool.c:46:",
        " \t\treturn -ENOMEM;",
    ]


def test_checkpatch_where_the_line_is_not_in_the_mail() -> None:
    one = review(bare(mail_line=None))
    assert "\nFILE: drivers/example/pool.c:44:\n" in paint("checkpatch", one)
    assert paint("checkpatch:terse", one).startswith("drivers/example/pool.c:44: WARNING: ")


def test_b4_am() -> None:
    assert paint("b4", review(bare(), leaked(mail_line=31))).splitlines() == [
        f"-:27: WARNING:GFP_BARE_MODIFIER: {TEXT} (drivers/example/pool.c:44)",
        "-:31: ERROR:HOTPLUG_LOCK_LEAKED: returns with cpu_hotplug_lock held: cpus_read_lock() is not undone"
        " on this path (drivers/example/pool.c:46)",
    ]


def test_b4_prep() -> None:
    assert paint("b4-prep", review(bare())) == f"drivers/example/pool.c:44: WARNING:GFP_BARE_MODIFIER: {TEXT}\n"


@pytest.mark.parametrize("name", ["b4", "b4-prep"])
def test_b4_takes_no_warning_for_a_failure(name: str) -> None:
    diff = DIFF.replace("drivers/example/pool.c", "drivers/ERROR:/pool.c")
    at = MASK._replace(path="drivers/ERROR:/pool.c")
    text = paint(name, review((at, {"message": "ERROR: not\nERROR: one"}), diff=diff), problems=PROBLEMS)
    assert "ERROR:" not in text
    assert len(text.splitlines()) == 2  # one finding, one problem: each a line
    assert paint(name, review()) == ""
    assert name in QUIET_STDERR


def test_b4_review() -> None:
    [result] = json.loads(paint("b4-review", review(bare(), leaked())))
    assert (result["tool"], result["status"], result["summary"]) == ("gfplint", "fail", "1 error, 1 warning")
    assert isinstance(result["details"], str)  # a list crashes b4's store
    assert "drivers/example/pool.c:43: taken here" in result["details"]
    [result] = json.loads(paint("b4-review", review(bare())))
    assert result["status"] == "warn"
    [result] = json.loads(paint("b4-review", review()))
    assert (result["status"], result["summary"], "details" in result) == ("pass", "nothing found", False)
    [result] = json.loads(paint("b4-review", problems=PROBLEMS))
    assert result["status"] == "warn"
    assert json.loads(paint("b4-review")) == []


# --- SARIF


def sarif(*reviews: Any, **words: Any) -> Any:
    [run] = json.loads(paint("sarif", *reviews, **words))["runs"]
    return run


def test_sarif_has_what_its_schema_and_github_want() -> None:
    document = json.loads(paint("sarif", review(bare(), leaked())))
    assert (document["version"], bool(document["$schema"])) == ("2.1.0", True)
    [run] = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "gfplint" and re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"])
    for rule in driver["rules"]:
        assert {
            "id",
            "shortDescription",
            "fullDescription",
            "defaultConfiguration",
            "help",
            "properties",
        } <= rule.keys()
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024 >= len(rule["shortDescription"]["text"]) > 0
        assert rule["defaultConfiguration"]["level"] in ("note", "warning", "error", "none")
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert len(rule["properties"]["tags"]) <= 10
        assert "__GFP" in rule["help"]["markdown"] or "lock" in rule["help"]["markdown"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region["endLine"] and region["startColumn"] >= 1
        assert location["physicalLocation"]["artifactLocation"] == {
            "uri": "drivers/example/pool.c",
            "uriBaseId": "SRCROOT",
        }
    assert set(run["originalUriBaseIds"]) == {"SRCROOT"}
    assert run["automationDetails"]["id"].endswith("/")
    assert [result["level"] for result in run["results"]] == ["warning", "error"]
    assert run["results"][1]["relatedLocations"][0]["message"]["text"] == "taken here"


def test_sarif_counts_columns_in_utf_16() -> None:
    diff = DIFF.replace("+\tpage =", "+\t/* é𝒳 */ page =")
    run = sarif(review(bare(), diff=diff))
    assert run["columnKind"] == "utf16CodeUnits"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    line = "\t/* é𝒳 */ page = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);"
    units = len(line.partition("__GFP")[0].encode("utf-16-le")) // 2
    assert (region["startColumn"], region["endColumn"]) == (units + 1, units + 1 + 29)


def test_sarif_states_fixes_and_suppressions() -> None:
    one = review(
        bare(replace="GFP_KERNEL"),
        existing=[leaked()],
        resolved=[(At("GFP_KERNEL", "before"), {})],
        suppressed=[bare(reason="measured")],
    )
    run = sarif(one, style={"all": True})
    assert sorted(result["baselineState"] for result in run["results"]) == ["absent", "new", "new", "unchanged"]
    [fixes] = [result["fixes"] for result in run["results"] if "fixes" in result]
    [change] = fixes[0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "GFP_KERNEL"}
    [quiet] = [result["suppressions"] for result in run["results"] if "suppressions" in result]
    assert quiet == [{"kind": "external", "justification": "measured"}]
    plain = sarif(one)
    assert [result["baselineState"] for result in plain["results"]] == ["new"]  # all others would be alerts on GitHub
    [note] = plain["invocations"][0]["toolExecutionNotifications"]
    assert (note["level"], note["message"]["text"].endswith("measured")) == ("note", True)
    assert plain["invocations"][0]["executionSuccessful"] is True


def test_sarif_paths_are_uris_and_problems_are_told() -> None:
    path = "drivers/a b#%é\udcff.c"
    one = review(bare())
    at = one.findings[0].report.at._replace(path=path)
    one = one._replace(findings=(one.findings[0]._replace(report=one.findings[0].report._replace(at=at)),))
    run = sarif(one, problems=PROBLEMS)
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "drivers/a%20b%23%25%C3%A9%FF.c"
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "truncated hunk" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_of_a_rule_that_is_somebody_elses() -> None:
    [rule] = sarif(review(bare(rule="mine/own")))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("mine/own", "mine/own")


# --- the others


def test_gitlab() -> None:
    issues = json.loads(paint("gitlab", review(bare(), bare(), leaked()), review(bare(severity="info"))))
    assert [issue["severity"] for issue in issues] == ["major", "major", "critical", "info"]
    assert len({issue["fingerprint"] for issue in issues}) == 4
    assert issues[0]["location"] == {"path": "drivers/example/pool.c", "lines": {"begin": 44, "end": 44}}
    assert (issues[0]["check_name"], issues[0]["description"]) == ("gfp/bare-modifier", TEXT)


def test_checkstyle() -> None:
    root = ET.fromstring(paint("checkstyle", review(bare(), leaked()), review(leaked(severity="info"))))
    assert [file.get("name") for file in root] == ["drivers/example/pool.c"] * 2
    errors = [error.attrib for error in root.iter("error")]
    assert [error["severity"] for error in errors] == ["warning", "error", "info"]
    assert (errors[0]["line"], errors[0]["column"], errors[0]["source"]) == ("44", "31", "gfplint.gfp.bare-modifier")


def test_junit_has_a_case_for_each_patch_and_family() -> None:
    root = ET.fromstring(paint("junit", review(bare(), bare(), leaked()), review(), problems=PROBLEMS))
    suites = [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root]
    assert suites == [("2", "2", "0"), ("1", "0", "0"), ("1", "0", "1")]
    cases = [(case.get("name"), [child.tag for child in case]) for case in root.iter("testcase")]
    assert cases == [("gfp", ["failure"]), ("hotplug", ["failure"]), ("all rules", []), ("x.mbox", ["error"])]
    failures = [failure.get("message") for failure in root.iter("failure")]
    assert failures[0] == "2 findings"
    info = ET.fromstring(paint("junit", review(bare(severity="info"))))
    assert [child.tag for case in info.iter("testcase") for child in case] == ["system-out"]


def test_rdjson() -> None:
    document = json.loads(paint("rdjson", review(bare(replace="GFP_KERNEL"), leaked())))
    assert document["source"] == {"name": "gfplint"}
    first, second = document["diagnostics"]
    place = {"start": {"line": 44, "column": 31}, "end": {"line": 44, "column": 60}}
    assert first["location"] == {"path": "drivers/example/pool.c", "range": place}
    assert first["suggestions"] == [{"range": place, "text": "GFP_KERNEL"}]
    assert (first["severity"], first["code"]) == ("WARNING", {"value": "gfp/bare-modifier"})
    assert second["related_locations"][0]["location"]["range"]["start"] == {"line": 43, "column": 2}
    [line] = paint("rdjsonl", review(bare())).splitlines()
    assert json.loads(line)["source"] == {"name": "gfplint"}


def test_markdown_quotes_and_escapes() -> None:
    diff = DIFF.replace("struct page *page;", "/* ```` */")
    text = paint("markdown", review(bare(message="*no* <b> @dev #12 https://example.org `x`"), diff=diff))
    assert "`````diff\n" in text
    assert r"\*no\* \<b\>" in text and "@dev" not in text and "#12" not in text and "://" not in text.replace("@@", "")
    assert "`drivers/example/pool.c:44` in `pool_fill()`" in text


def test_markdown_keeps_the_hunk() -> None:
    text = paint("markdown", review(bare(), leaked()))
    fences = re.findall(r"```diff\n(.*?)```", text, re.DOTALL)
    lines = [line for fence in fences for line in fence.splitlines()]
    patch = DIFF.splitlines()
    assert [line.rstrip() for line in lines if not line.startswith("@@")] == patch[5 : 5 + len(lines) - 1]


def test_kpd_comment_answers_the_first_patch_with_findings() -> None:
    second = review(leaked(), header={"subject": "[PATCH 2/2] b", "title": "b"})
    text = paint("kpd-comment", review(), review(bare()), second)
    lines = text.splitlines()
    assert lines[0] == "In-Reply-To-Subject: `example: pool: stay on the node`"
    assert lines[2] == "3 patches, 3 files: 1 error, 1 warning; seen as hunks only"
    assert text.count("In-Reply-To-Subject") == 1
    assert "> +\tpage = alloc_pages_node(nid, __GFP_THISNODE | __GFP_NOWARN, 0);" in lines
    assert "[PATCH 2/2] b" in lines
    assert paint("kpd-comment", review()) == ""
    assert paint("kpd-comment", review(bare(), header={"title": "a `b`\nIn-Reply-To-Subject: `c`"})).startswith(
        "In-Reply-To-Subject: `a 'b'^JIn-Reply-To-Subject: 'c'`\n"
    )


def test_series_findings_are_in_the_formats() -> None:
    one = review(series_findings=(finding(MASK, images(review().patch), rule="series/split"),))
    for name in ("terminal", "terse", "github", "gitlab", "sarif", "checkstyle", "junit", "rdjson", "markdown", "html"):
        assert "series" in paint(name, one), name


def test_the_picture_is_the_same_each_time_and_fetches_nothing() -> None:
    one = paint("svg", review(bare(), leaked()))
    assert one == paint("svg", review(bare(), leaked()))
    assert "http" not in one.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "alloc_pages_node" in one.replace("&#160;", " ")
