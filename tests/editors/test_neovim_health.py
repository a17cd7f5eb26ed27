"""What the Neovim plugin says about itself: :checkhealth, help, the lines of its documents; and ruff beside it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from neovim import NVIM, PLUGIN, ConfiguredVim, Vim, wait

from glossator import __version__

pytestmark = pytest.mark.skipif(NVIM is None, reason="no Neovim")

SOURCE = "def area(width,height):\n    return width*height\n"
PREPARE = "vim.opt.runtimepath:prepend(vim.env.PLUGIN)\n"
NUMPY = PREPARE + "require('glossator').setup({ settings = { style = 'numpy' } })"
NO_COMMAND = PREPARE + "require('glossator').setup({ cmd = { 'no-such-thing', 'server' } })"
BARE = [NVIM, "--headless", "-u", "NONE", "-i", "NONE", "-n"]
TELL = "lua io.stdout:write(table.concat(vim.tbl_keys(vim.api.nvim_get_commands({})), ' '))"
DOCUMENT = "vim.lsp.buf.code_action({ apply = true, filter = function(a) return a.title == 'Document `area`' end })"
LUA_BLOCK = re.compile(r"```lua\n(.*?)```", re.DOTALL)


def health(vim):
    vim.keys(":checkhealth glossator<CR>")
    wait(lambda: vim.lua("vim.bo.filetype") == "checkhealth")
    text = wait(lambda: shown(vim) if "glossator: plugin" in shown(vim) else "")
    vim.keys(":bwipeout!<CR>")
    return text


def shown(vim):
    return "\n".join(vim.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)") or [])


def test_checkhealth_names_the_command_its_version_and_the_servers(tmp_path):
    with ConfiguredVim(tmp_path, NUMPY, SOURCE) as vim:
        wait(lambda: vim.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
        text = health(vim)
        assert f"{tmp_path}/bin/glossator: glossator {__version__}" in text
        assert f"server {__version__} (client 1)" in text
        assert "sample.py" in text
        assert 'style = "numpy"' in text
        assert "provider: embedded; mode: " in text
        assert "ERROR" not in text
        assert "WARNING" not in text


def test_checkhealth_says_what_to_do_where_there_is_no_command(tmp_path):
    with ConfiguredVim(tmp_path, NO_COMMAND, SOURCE) as vim:
        wait(lambda: vim.lua("vim.g.loaded_glossator"), 30)
        text = health(vim)
        assert "`no-such-thing` is not on PATH" in text
        assert "no server runs" in text
        vim.keys(":GlossatorDocument<CR>")
        wait(lambda: "see :checkhealth glossator" in vim.messages)


def said(*arguments):
    """What an editor without configuration prints that ends after these arguments."""
    return subprocess.run([*BARE, *arguments, "-c", "quitall!"], capture_output=True, text=True, check=True)


def test_help_has_tags_and_each_command_is_in_it(tmp_path):
    folder = shutil.copytree(PLUGIN / "doc", tmp_path / "doc")
    assert not said("-c", f"helptags {folder}").stderr
    tags = {line.split("\t")[0] for line in (folder / "tags").read_text().splitlines()}
    loaded = ("--cmd", f"set rtp^={PLUGIN}", "-c", "runtime plugin/glossator.lua")
    found = said(*loaded, "-c", TELL).stdout.split()
    ours = {name for name in found if name.startswith("Glossator")}
    assert len(ours) >= 17
    assert {f":{name}" for name in ours} == {tag for tag in tags if tag.startswith(":")}
    text = (folder / "glossator.txt").read_text()
    references = set(re.findall(r"\|(:?[Gg]lossator[^|\s]*|hl-Glossator\w+)\|", text))
    assert references <= tags
    assert all(len(line) <= 79 for line in text.splitlines())


def test_plug_mappings_are_those_in_the_help(tmp_path):
    with ConfiguredVim(tmp_path, PREPARE, SOURCE) as vim:
        wait(lambda: vim.lua("vim.g.loaded_glossator"), 30)
        names = vim.lua("vim.tbl_map(function(one) return one.lhs end, vim.api.nvim_get_keymap('n'))")
        ours = {name for name in names if name.startswith("<Plug>(glossator")}
        text = (PLUGIN / "doc" / "glossator.txt").read_text()
        section = text.partition("*glossator-mappings*")[2].partition("and in Insert mode")[0]
        assert ours == set(re.findall(r"<Plug>\(glossator[a-z-]*\)", section))
        mapped = vim.lua(
            "vim.tbl_map(function(one) return { one.lhs, one.rhs or '' } end, vim.api.nvim_get_keymap('n'))"
        )
        assert {left for left, right in mapped if "lossator" in right} == ours


def test_the_lines_without_the_plugin_are_all_that_is_needed(tmp_path):
    text = (PLUGIN / "README.md").read_text().split("## Without it")[1]
    (lines,) = LUA_BLOCK.findall(text)
    with Vim(tmp_path, f"vim.cmd('filetype on')\n{lines}vim.cmd.edit(vim.env.SAMPLE)\n", SOURCE) as vim:
        wait(lambda: vim.lua("#vim.diagnostic.get(0)") == 2, 30)
        vim.run(DOCUMENT)
        wait(lambda: vim.lines != SOURCE.splitlines())


@pytest.mark.soak
def test_lsp_glossator_lua_alone_is_enough(tmp_path):
    target = tmp_path / "CONFIG" / "nvim" / "lsp"
    target.mkdir(parents=True)
    shutil.copy(PLUGIN / "lsp" / "glossator.lua", target)
    with ConfiguredVim(tmp_path, "vim.lsp.enable('glossator')\n", SOURCE) as vim:
        wait(lambda: vim.lua("#vim.diagnostic.get(0)") == 2, 30)
        vim.run(DOCUMENT)
        wait(lambda: vim.lines != SOURCE.splitlines())


RUFF = Path(sys.executable).with_name("ruff")
WITH_RUFF = (
    PREPARE
    + """
vim.lsp.config('ruff', { cmd = { vim.env.RUFF, 'server' }, filetypes = { 'python' } })
vim.lsp.enable('ruff')
require('glossator').setup()
vim.api.nvim_create_autocmd('BufWritePre', { callback = function()
  vim.lsp.buf.format({ name = 'ruff', timeout_ms = 10000 })
end })
"""
)


@pytest.mark.skipif(not RUFF.exists(), reason="no ruff")
def test_ruff_formats_on_save_and_both_are_steps_of_undo(tmp_path):
    with ConfiguredVim(tmp_path, WITH_RUFF, SOURCE, RUFF=str(RUFF)) as vim:
        ready = "#vim.tbl_filter(function(one) return one.initialized end, vim.lsp.get_clients({ bufnr = 0 })) == 2"
        wait(lambda: vim.lua(ready), 30)
        vim.keys("1G:GlossatorDocumentFile<CR>")
        wait(lambda: any('"""' in line for line in vim.lines))
        documented = vim.lines
        vim.keys(":write<CR>")
        wait(lambda: "    return width * height" in vim.sample.read_text())
        lines = vim.lines
        assert vim.sample.read_text().splitlines() == lines
        assert "def area(width, height):" in lines
        assert [line for line in documented if "width" in line and ":" in line and "def" not in line] == [
            line for line in lines if "width" in line and ":" in line and "def" not in line
        ]
        vim.keys(":GlossatorDocumentFile<CR>")  # there is nothing left to do, on what is formatted too
        wait(lambda: "all of this file is documented" in vim.messages)
        vim.keys("u")
        wait(lambda: vim.lines == documented)
        vim.keys("u")
        wait(lambda: vim.lines == SOURCE.splitlines())


@pytest.mark.skipif(not RUFF.exists(), reason="no ruff")
@pytest.mark.soak
def test_saving_right_after_documenting_loses_nothing(tmp_path):
    with ConfiguredVim(tmp_path, WITH_RUFF, SOURCE, RUFF=str(RUFF)) as vim:
        ready = "#vim.tbl_filter(function(one) return one.initialized end, vim.lsp.get_clients({ bufnr = 0 })) == 2"
        wait(lambda: vim.lua(ready), 30)
        vim.keys("1G:GlossatorDocumentFile<CR>:write<CR>")  # the file is formatted before the edits come
        wait(lambda: any('"""' in line for line in vim.lines))
        wait(lambda: "    return width * height" in vim.lines)
        assert "def area(width, height):" in vim.lines
