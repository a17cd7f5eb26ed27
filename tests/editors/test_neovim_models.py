"""The Neovim plugin with a model: streamed previews, insert, cancel, changes meanwhile, a server that crashes."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path

import pytest
from neovim import NVIM, ConfiguredVim, wait
from served import filling, served

pytestmark = pytest.mark.skipif(NVIM is None, reason="no Neovim")

NUMBERS = count(1)
SUMMARY = "Return the area of a rectangle with this width and height."
WORDS = {
    "summary": SUMMARY,
    "arg_width": "How many units the width of the rectangle takes.",
    "arg_height": "How many units it is high, the height of a side.",
    "returns": "The area that the rectangle covers.",
}
PREPARE = """
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.cmd('set expandtab shiftwidth=4 autoindent')
require('glossator.restart').pauses_ms = { 10, 10, 10 }
require('glossator').setup()
vim.ui.select = function(items, options, chosen) Asked = options.prompt; chosen(items[1]) end
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
def fake():
    with served(filling(WORDS)) as server:
        yield server


@pytest.fixture(scope="module")
def editor(tmp_path_factory, fake):
    """One editor with one server for all tests here."""
    folder = tmp_path_factory.mktemp("vim")
    (folder / "user.toml").write_text(fake.config)
    with ConfiguredVim(folder, PREPARE, "", GLOSSATOR_CONFIG=str(folder / "user.toml")) as found:
        wait(lambda: found.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
        yield found


@pytest.fixture
def source():
    """Code that nobody has asked about before."""
    number = next(NUMBERS)
    area = f"def area(width, height):\n    return width * height * {number}\n"
    return f"{area}\n\ndef part(size):\n    return size / {number}\n"


@pytest.fixture
def vim(editor, source, fake):
    """The editor with the undocumented source; nothing is being written."""
    editor.sample.write_text(source)
    editor.keys("<Esc>:silent! GlossatorCancel<CR>:edit!<CR>:messages clear<CR>")
    wait(lambda: editor.lines == source.splitlines() and not editor.lua("Float()"))
    wait(lambda: editor.lua("require('glossator.runs').count() == 0"))
    fake.forget()
    yield editor
    fake.release()


def test_what_a_model_writes_is_shown_and_inserted_and_one_undo_takes_it_back(vim, source, fake):
    fake.hold()
    vim.keys("1G:GlossatorImprove<CR>")
    shown = wait(lambda: vim.lua("Float()"))
    assert "waiting" in shown["text"]
    assert vim.lua("vim.api.nvim_get_current_buf() == vim.fn.bufnr(vim.env.SAMPLE)")  # who types goes on typing
    fake.release()
    wait(lambda: f'    """{SUMMARY}' in vim.lines)
    wait(lambda: vim.lua("Float()") is None)
    vim.keys("u")
    wait(lambda: vim.lines == source.splitlines())


def test_a_preview_streams_and_is_inserted_only_when_it_is_accepted(vim, source):
    vim.keys("1G:GlossatorPreview!<CR>")
    wait(lambda: SUMMARY in (vim.lua("Float()") or {"text": ""})["text"])
    wait(lambda: vim.lua("require('glossator.runs').is_waiting()"))
    assert vim.lines == source.splitlines()
    vim.keys("<CR>")
    wait(lambda: f'    """{SUMMARY}' in vim.lines)
    wait(lambda: vim.lua("Float()") is None)
    vim.keys("u")
    wait(lambda: vim.lines == source.splitlines())


def test_a_preview_that_is_closed_inserts_nothing(vim, source):
    vim.keys("1G:GlossatorPreview!<CR>")
    wait(lambda: vim.lua("require('glossator.runs').is_waiting()"))
    vim.keys("q")
    wait(lambda: vim.lua("require('glossator.runs').count() == 0"))
    wait(lambda: vim.lua("Float()") is None)
    assert vim.lines == source.splitlines()
    vim.keys("1G:GlossatorImprove<CR>")  # and the next run is not in its way
    wait(lambda: f'    """{SUMMARY}' in vim.lines)


def test_a_preview_that_is_accepted_early_is_inserted_when_it_is_whole(vim, fake):
    fake.hold()
    vim.keys("1G:GlossatorPreview!<CR>")
    wait(lambda: vim.lua("Float()"))
    vim.keys("<CR>")
    wait(lambda: "as soon as it is whole" in vim.lua("Float().footer"))
    fake.release()
    wait(lambda: f'    """{SUMMARY}' in vim.lines)


def test_an_edit_above_while_the_preview_is_looked_at_moves_the_docstring_along(vim):
    vim.keys("1G:GlossatorPreview!<CR>")
    wait(lambda: vim.lua("require('glossator.runs').is_waiting()"))
    vim.run("vim.api.nvim_buf_set_lines(vim.fn.bufnr(vim.env.SAMPLE), 0, 0, false, { 'import math', '' })")
    vim.keys("<CR>")
    wait(lambda: f'    """{SUMMARY}' in vim.lines)
    assert vim.lines[:4] == ["import math", "", "def area(width, height):", f'    """{SUMMARY}']


def test_an_edit_of_the_function_while_the_preview_is_looked_at_drops_it(vim, source):
    vim.keys("1G:GlossatorPreview!<CR>")
    wait(lambda: vim.lua("require('glossator.runs').is_waiting()"))
    vim.run("vim.api.nvim_buf_set_lines(vim.fn.bufnr(vim.env.SAMPLE), 1, 2, false, { '    return height' })")
    vim.keys("<CR>")
    wait(lambda: "changed meanwhile" in vim.messages)
    assert vim.lines == ["def area(width, height):", "    return height", *source.splitlines()[2:]]


def test_what_is_being_written_can_be_cancelled(vim, source, fake):
    fake.hold()
    vim.keys("1G:GlossatorImprove<CR>")
    fake.asked()
    assert vim.lua("require('glossator').status()") == "glossator: writing 1"
    vim.keys(":GlossatorCancel<CR>")
    fake.gone()
    assert vim.lua("require('glossator').status()") == "glossator"
    assert vim.lines == source.splitlines()


def test_all_of_a_file_is_documented_by_the_model_in_one_step_of_undo(vim, source):
    vim.keys("1G:GlossatorDocumentFile!<CR>")
    wait(lambda: f'    """{SUMMARY}' in vim.lines)
    assert vim.lines[0].startswith('"""')
    assert '    """' in vim.lines[vim.lines.index("def part(size):") + 1]
    vim.keys("u")
    wait(lambda: vim.lines == source.splitlines())


def test_typing_goes_on_while_a_model_writes_and_is_a_step_of_undo_of_its_own(vim, source, fake):
    fake.hold()
    vim.keys("1G:GlossatorImprove<CR>")
    fake.asked()
    vim.keys("Gofoo = 1")
    wait(lambda: vim.lines[-1].strip() == "foo = 1")
    fake.release()
    wait(lambda: f'    """{SUMMARY}' in vim.lines)
    assert vim.lua("vim.api.nvim_win_get_cursor(0)") == [len(vim.lines), 7]  # the cursor is where it was in the text
    vim.keys("2<Esc>")
    wait(lambda: vim.lines[-1].strip() == "foo = 12")
    vim.keys("u")
    wait(lambda: vim.lines[-1].strip() == "foo = 1")
    assert f'    """{SUMMARY}' in vim.lines
    vim.keys("u")
    wait(lambda: [line.strip() for line in vim.lines] == [*map(str.strip, source.splitlines()), "foo = 1"])


def test_settings_change_while_the_server_runs(vim):
    vim.run("require('glossator').configure({ provider = 'embedded' })")
    vim.keys("1G:GlossatorImprove<CR>")
    wait(lambda: "no model is chosen" in vim.messages)
    vim.run("require('glossator').configure({ provider = 'fake', style = 'numpy' })")
    vim.keys("1G:GlossatorImprove<CR>")
    wait(lambda: "    Parameters" in vim.lines)
    assert f'    """{SUMMARY}' in vim.lines
    vim.run("require('glossator').configure({ provider = 'fake', style = 'auto' })")


def test_work_on_the_workspace_can_be_paused(vim):
    vim.keys(":GlossatorPause<CR>")
    wait(lambda: "paused" in vim.messages)
    vim.keys(":GlossatorResume<CR>")
    wait(lambda: "goes on" in vim.messages)


def servers(vim) -> list[int]:
    """The processes of the editor that are language servers."""
    return [
        int(path.name)
        for path in Path("/proc").glob("[0-9]*")
        if (path / "stat").exists() and parent(path) == vim.process.pid
    ]


def parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to find the server by")
def test_a_server_that_crashes_is_started_again_and_what_it_did_is_over(vim, source, fake):
    fake.hold()
    vim.keys("1G:GlossatorPreview!<CR>")
    fake.asked()
    (server,) = servers(vim)
    os.kill(server, signal.SIGKILL)
    wait(lambda: "is started again" in vim.messages)
    wait(lambda: vim.lua("Float()") is None)
    fake.release()
    wait(lambda: vim.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
    vim.keys("1G:GlossatorDocument<CR>")
    wait(lambda: vim.lines != source.splitlines())
