"""The Neovim plugin, in a real Neovim with a real server; the embedded provider writes."""

from __future__ import annotations

import pytest
from neovim import NVIM, ConfiguredVim, wait

pytestmark = pytest.mark.skipif(NVIM is None, reason="no Neovim")

SOURCE = """\
class Shape:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        if self.width < 0:
            raise ValueError("width must not be negative")
        return self.width * self.height
"""
STALE = '''\
def send(address, text):
    """Send a text.

    Args:
        adress: Where it goes.
        text: What is said.
    """
    print(address, text)
'''
PREPARE = """
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.cmd('set expandtab shiftwidth=4 autoindent')
require('glossator').setup()
function Float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local config = vim.api.nvim_win_get_config(window)
    if config.relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      local footer = config.footer and config.footer[1][1]
      return { text = table.concat(lines, '\\n'), title = config.title[1][1], footer = footer }
    end
  end
end
"""


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """One editor with one server for all tests here: to start both takes longer than any test."""
    folder = tmp_path_factory.mktemp("vim")
    (folder / "pyproject.toml").touch()
    with ConfiguredVim(folder, PREPARE, SOURCE) as found:
        wait(lambda: found.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
        yield found


@pytest.fixture
def start(editor):
    def started(source=SOURCE):
        editor.sample.write_text(source)
        editor.keys("<Esc>:silent! fclose!<CR>:edit!<CR>:messages clear<CR>")
        wait(lambda: before(editor.lines, source) and not editor.lua("Float()"))
        return editor

    return started


def before(lines, source=SOURCE):
    return lines == source.splitlines()


def test_a_command_documents_the_symbol_at_the_cursor_and_one_undo_takes_it_back(start):
    vim = start()
    vim.keys("8G5l:GlossatorDocument<CR>")
    wait(lambda: not before(vim.lines))
    lines = vim.lines
    assert lines[:6] == SOURCE.splitlines()[:6]
    assert "            ValueError: If ``width`` is negative." in lines
    assert vim.lua("vim.api.nvim_get_current_line()") == SOURCE.splitlines()[7]  # the cursor went along
    vim.keys("u")
    wait(lambda: before(vim.lines))


def test_all_of_a_file_is_one_step_of_undo(start):
    vim = start()
    vim.keys("1G:GlossatorDocumentFile<CR>")
    wait(lambda: not before(vim.lines))
    assert sum('"""' in line for line in vim.lines) >= 4
    vim.keys("u")
    wait(lambda: before(vim.lines))


def test_a_class_is_documented_with_its_members(start):
    vim = start()
    vim.keys("1G:GlossatorDocumentClass<CR>")
    wait(lambda: not before(vim.lines))
    assert vim.lines[0] == "class Shape:"
    assert "            ValueError: If ``width`` is negative." in vim.lines
    vim.keys("u")
    wait(lambda: before(vim.lines))


def test_where_nothing_is_to_be_done_it_is_said(start):
    vim = start()
    vim.keys("6G:GlossatorRepair<CR>")
    wait(lambda: "this docstring needs no repair" in vim.messages)
    assert before(vim.lines)


def test_a_docstring_is_repaired_and_peoples_words_stay(start):
    vim = start(STALE)
    vim.keys("2G:GlossatorRepair<CR>")
    wait(lambda: "        address: Where it goes." in vim.lines)
    vim.keys("u")
    wait(lambda: before(vim.lines, STALE))
    vim.keys(":GlossatorRepairFile<CR>")
    wait(lambda: "        address: Where it goes." in vim.lines)


def test_the_preview_is_inserted_with_enter_where_the_symbol_stands_by_then(start):
    vim = start()
    vim.keys("6G0w:GlossatorPreview<CR>")
    shown = wait(lambda: vim.lua("Float()"))
    assert shown["title"].strip() == "Shape.area"
    assert "<CR> insert" in shown["footer"]
    assert "\n    ValueError: If ``width`` is negative." in shown["text"]
    assert before(vim.lines)
    vim.lua("vim.api.nvim_buf_set_lines(vim.fn.bufnr(vim.env.SAMPLE), 0, 0, false, {'import math', ''})")
    vim.keys("<CR>")
    wait(lambda: "            ValueError: If ``width`` is negative." in vim.lines)
    assert vim.lua("Float()") is None
    assert vim.lines[:8] == ["import math", "", *SOURCE.splitlines()[:6]]
    vim.keys("u")
    wait(lambda: before(vim.lines[2:]))


@pytest.mark.parametrize("key", ["q", "<Esc>"])
def test_the_preview_closes_and_nothing_is_changed(start, key):
    vim = start()
    vim.keys("6G0w:GlossatorPreview<CR>")
    wait(lambda: vim.lua("Float()"))
    vim.keys(key)
    wait(lambda: vim.lua("Float()") is None)
    assert before(vim.lines)
    assert vim.lua("vim.api.nvim_get_current_buf() == vim.fn.bufnr(vim.env.SAMPLE)")


def test_the_preview_of_a_repair_is_a_difference(start):
    vim = start(STALE)
    vim.keys("2G:GlossatorPreview<CR>")
    shown = wait(lambda: vim.lua("Float()"))
    assert "-        adress: Where it goes.\n+        address: Where it goes." in shown["text"]


def test_the_explanation_and_the_figures_are_shown(start):
    vim = start()
    vim.keys("6G0w:GlossatorExplain<CR>")
    shown = wait(lambda: vim.lua("Float()"))
    assert shown["title"].strip() == "Shape.area"
    vim.keys("q")
    wait(lambda: vim.lua("Float()") is None)
    vim.keys(":GlossatorStats<CR>")
    shown = wait(lambda: vim.lua("Float()"))
    assert "glossator/explain" in shown["text"]


def test_plug_mappings_are_there_and_keys_are_the_users(start):
    vim = start()
    assert vim.lua("vim.fn.mapcheck('<Plug>(glossator-document)', 'n')")
    vim.lua("vim.keymap.set('n', 'gh', '<Plug>(glossator-document)')")
    vim.keys("6G0wgh")
    wait(lambda: not before(vim.lines))


def test_the_workspace_is_documented_in_the_editors_buffers(start):
    vim = start()
    (vim.folder / "other.py").write_text(SOURCE)
    vim.keys(":GlossatorDocumentWorkspace<CR>")
    wait(lambda: not before(vim.lines))
    other = "vim.api.nvim_buf_get_lines(vim.fn.bufnr(vim.fs.dirname(vim.env.SAMPLE) .. '/other.py'), 0, -1, false)"
    wait(lambda: "            ValueError: If ``width`` is negative." in (vim.lua(other) or []))


def test_a_page_is_written_and_shown(start):
    vim = start()
    vim.keys(f":GlossatorPage module {vim.sample}<CR>")
    wait(lambda: (vim.lua("vim.api.nvim_buf_get_name(0)") or "").endswith("docs/sample.md"))
    assert "Shape" in "\n".join(vim.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)"))
    vim.keys(":bwipeout!<CR>")
