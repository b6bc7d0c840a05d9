# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion for bash, zsh and fish, made of the declarations of the options."""

from __future__ import annotations

from collections.abc import Sequence

from gfplint.cli.catalogue import COMMANDS, Command, Option

_FILES, _FOLDERS, _RULES, _FORMATS, _WORDS, _NONE = ("files", "folders", "rules", "formats", "words", "none")
_KINDS = {
    "DIR": _FOLDERS,
    "TREE": _FOLDERS,
    "FILE": _FILES,
    "PATCH": _FILES,
    "PATH": _FILES,
    "RULE": _RULES,
    "RULES": _RULES,
    "NAME[=FILE]": _FORMATS,
}
_NAMED = {("hook", "NAME"): ("pre-commit", "pre-push", "sendemail-validate")}


def script(shell: str) -> str:
    """The completion of one shell, as a file for it."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def _kind(option: Option) -> str:
    """What its value may be."""
    return _WORDS if option.choices else _KINDS.get(option.metavar or "", _NONE)


def _rules() -> list[tuple[str, str]]:
    from gfplint.rulebook import Rulebook

    return [(entry.id, entry.title) for entry in Rulebook().entries]


def _formats() -> list[str]:
    from gfplint.report.sinks import FORMATS

    return list(FORMATS)


def _operands(command: Command) -> list[Option]:
    return [option for option in command.options if option.operand]


def _named(command: Command) -> tuple[str, ...]:
    """The words that its operands may be."""
    return tuple(
        word
        for option in _operands(command)
        for word in (option.choices or _NAMED.get((command.name, option.metavar or ""), ()))
    )


def _options(command: Command) -> list[Option]:
    return [option for option in command.options if not option.operand]


_BASH = """\
# bash completion of gfplint: written by `gfplint completion bash`
_gfplint_rules='{rules}'
_gfplint_formats='{formats}'

_gfplint_words() {{ # the last of a list with commas, or one word
	local head=
	[[ $cur == *,* ]] && head=${{cur%,*}},
	COMPREPLY=($(compgen -P "$head" -W "$1" -- "${{cur##*,}}"))
}}

_gfplint() {{
	local cur=${{COMP_WORDS[COMP_CWORD]}} prev= command=check i
	((COMP_CWORD > 0)) && prev=${{COMP_WORDS[COMP_CWORD - 1]}}
	if [[ $cur == '=' ]]; then # readline breaks words at =
		cur=
	elif [[ $prev == '=' ]]; then
		prev=${{COMP_WORDS[COMP_CWORD - 2]}}
	fi
	COMPREPLY=()
	if ((COMP_CWORD > 1)); then
		case ${{COMP_WORDS[1]}} in
		{names}) command=${{COMP_WORDS[1]}} ;;
		esac
	fi
	case $command:$prev in
{values}
	esac
	if [[ $cur == -* ]]; then
		case $command in
{options}
		esac
		return
	fi
	case $command in
{operands}
	esac
	if ((COMP_CWORD == 1)); then
		COMPREPLY+=($(compgen -W '{commands}' -- "$cur"))
	fi
}}
complete -o filenames -F _gfplint gfplint
"""
_COMPGEN = {
    _FILES: 'COMPREPLY=($(compgen -f -- "$cur"))',
    _FOLDERS: 'COMPREPLY=($(compgen -d -- "$cur"))',
    _RULES: '_gfplint_words "$_gfplint_rules"',
    _FORMATS: '_gfplint_words "$_gfplint_formats"',
    _NONE: ":",
}


def _bash() -> str:
    values, options, operands = [], [], []
    for command in COMMANDS.values():
        name = command.name
        for option in _options(command):
            if option.metavar is None:
                continue
            kind = _kind(option)
            does = f"_gfplint_words '{' '.join(option.choices)}'" if kind == _WORDS else _COMPGEN[kind]
            values.append(f"\t{'|'.join(f'{name}:{one}' for one in option.names)}) {does}; return ;;")
        words = " ".join(one for option in _options(command) for one in option.names)
        options.append(f"\t\t{name}) COMPREPLY=($(compgen -W '{words} --help' -- \"$cur\")) ;;")
        named = _named(command)
        kinds = {_kind(option) for option in _operands(command)} - {_WORDS, _NONE}
        does = f"_gfplint_words '{' '.join(named)}'" if named else ""
        if kinds and not (named and name == "hook"):
            does = "; ".join(filter(None, (does, *(_COMPGEN[kind].replace("=(", "+=(") for kind in sorted(kinds)))))
        operands.append(f"\t{name}) {does or ':'} ;;")
    return _BASH.format(
        rules=" ".join(rule for rule, _ in _rules()),
        formats=" ".join(_formats()),
        names="|".join(COMMANDS),
        commands=" ".join(COMMANDS),
        values="\n".join(values),
        options="\n".join(options),
        operands="\n".join(operands),
    )


_ZSH = """\
#compdef gfplint
# zsh completion of gfplint: written by `gfplint completion zsh`

_gfplint__rules() {{
	local -a rules=(
{rules}
	)
	_describe -t rules rule rules
}}

_gfplint__rule_list() {{
	compset -P '*,'
	_gfplint__rules
}}

_gfplint__formats() {{
	_values format {formats}
}}

_gfplint__commands() {{
	local -a commands=(
{commands}
	)
	_describe -t commands command commands
}}

_gfplint() {{
	local command=check
	if ((CURRENT > 2)) && (($+functions[_gfplint_$words[2]])) && [[ " {names} " == *" $words[2] "* ]]; then
		command=$words[2]
		shift words
		((CURRENT--))
	elif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
		_gfplint__commands
	fi
	_gfplint_$command
}}

{functions}

if [[ $funcstack[1] == _gfplint ]]; then
	_gfplint "$@"
else
	compdef _gfplint gfplint
fi
"""
_ACTIONS = {
    _FILES: "_files",
    _FOLDERS: "_files -/",
    _RULES: "_gfplint__rules",
    _FORMATS: "_gfplint__formats",
    _NONE: " ",
}


def _zsh() -> str:
    return _ZSH.format(
        rules="\n".join(f"\t\t{_single(rule + ':' + title)}" for rule, title in _rules()),
        formats=" ".join(_formats()),
        commands="\n".join(f"\t\t{_single(one.name + ':' + one.summary)}" for one in COMMANDS.values()),
        names=" ".join(COMMANDS),
        functions="\n\n".join(map(_zsh_function, COMMANDS.values())),
    )


def _zsh_function(command: Command) -> str:
    specs = [spec for option in _options(command) for spec in _zsh_specs(option)]
    specs.append(_single("(- *)--help[show the help]"))
    for number, option in enumerate(_operands(command), 1):
        words = option.choices or _NAMED.get((command.name, option.metavar or ""), ())
        action = f"({' '.join(words)})" if words else _ACTIONS[_kind(option)]
        specs.append(_single(f"{'*' if option.many else number}:{option.names[0]}:{action}"))
    lines = " \\\n".join(f"\t\t{spec}" for spec in specs)
    return f"_gfplint_{command.name}() {{\n\t_arguments -s -S \\\n{lines}\n}}"


def _zsh_specs(option: Option) -> list[str]:
    text = "".join(f"\\{char}" if char in "[]:" else char for char in option.help)
    action = f"({' '.join(option.choices)})" if option.choices else _ACTIONS[_kind(option)]
    if option.metavar == "RULES":
        action = "_gfplint__rule_list"
    value = "" if option.metavar is None else f":{option.metavar.replace('[', '').replace(']', '')}:{action}"
    made = []
    for name in option.names:
        head = "*" if option.many else f"({' '.join(option.names)})" if len(option.names) > 1 else ""
        equals = "=" if option.metavar is not None and name.startswith("--") else ""
        made.append(_single(f"{head}{name}{equals}[{text}]{value}"))
    return made


def _fish() -> str:
    lines = [
        "# fish completion of gfplint: written by `gfplint completion fish`",
        f"set -l commands {' '.join(COMMANDS)}",
        "complete -c gfplint -e",
    ]
    for command in COMMANDS.values():
        lines.append(
            f"complete -c gfplint -n __fish_is_first_token -a {command.name} -d {_single(command.summary, fish=True)}"
        )
    for command in COMMANDS.values():
        lines += _fish_command(command)
    return "\n".join(lines) + "\n"


def _fish_command(command: Command) -> list[str]:
    others = " ".join(name for name in COMMANDS if name != "check")
    seen = f"not __fish_seen_subcommand_from {others}" if command.name == "check" else ""
    base = f"complete -c gfplint -n {_single(seen or f'__fish_seen_subcommand_from {command.name}', fish=True)}"
    lines = []
    for option in _options(command):
        names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
        lines.append(f"{base} {names} -d {_single(option.help, fish=True)}{_fish_value(option)}")
    words = _named(command)
    if words:
        lines.append(f"{base} -f -a {_single(' '.join(words), fish=True)}")
    kinds = {_kind(option) for option in _operands(command)}
    if _RULES in kinds:
        lines.append(f"{base} -f -a {_single(' '.join(rule for rule, _ in _rules()), fish=True)}")
    elif not kinds & {_FILES, _FOLDERS}:
        lines.append(f"{base} -f")
    return lines


def _fish_value(option: Option) -> str:
    if option.metavar is None:
        return ""
    kind = _kind(option)
    words: Sequence[str] = ()
    if kind == _WORDS:
        words = option.choices
    elif kind == _RULES:
        words = [rule for rule, _ in _rules()]
    elif kind == _FORMATS:
        words = _formats()
    if words:
        return f" -x -a {_single(' '.join(words), fish=True)}"
    return {_FILES: " -r", _FOLDERS: " -x -a '(__fish_complete_directories)'"}.get(kind, " -x")


def _single(text: str, fish: bool = False) -> str:
    """In single quotes, as the shell has them."""
    if fish:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + text.replace("'", "'\\''") + "'"
