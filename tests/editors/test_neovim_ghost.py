"""Ghost text in Neovim: what is shown and inserted for what a server answers, and what is asked of ours."""

from __future__ import annotations

import pytest
from neovim import NVIM, ConfiguredVim, wait

pytestmark = pytest.mark.skipif(NVIM is None, reason="no Neovim")

SOURCE = "def greet(name):\n"
TEXT = '"""Say hello.\n\n    Args:\n        name: Who is greeted.\n    """'
# A server inside the editor, which answers what a test puts into Answer and counts what it is asked.
PREPARE = """
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.cmd('set expandtab shiftwidth=4')
Asked, Answer, Capable = {}, nil, true
local function server(dispatchers)
  local ended, number = false, 0
  return {
    request = function(method, params, callback)
      number = number + 1
      if method == 'textDocument/inlineCompletion' then
        table.insert(Asked, params)
        Reply = function() callback(nil, Answer and { items = { Answer } } or vim.NIL) end
        if not Held then Reply() end
        return true, number
      end
      local inline = vim.env.ABLE == 'yes' and vim.empty_dict() or nil
      local able = { textDocumentSync = 2, positionEncoding = vim.env.ENCODING, inlineCompletionProvider = inline }
      callback(nil, method == 'initialize' and { capabilities = able } or vim.NIL)
      return true, number
    end,
    notify = function() return true end,
    is_closing = function() return ended end,
    terminate = function() ended = true; dispatchers.on_exit(0, 0) end,
  }
end
require('glossator').setup({ cmd = server, ghost_text = true })
vim.keymap.set('i', '<C-j>', '<Plug>(glossator-accept)')
vim.keymap.set('i', '<Tab>', function()
  return require('glossator').accept() and '' or '<Tab>'
end, { expr = true })
vim.cmd('filetype indent off')
function Ghost()
  local space = vim.api.nvim_get_namespaces()['glossator.ghost']
  local mark = space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })[1]
  if not mark then return nil end
  local text = { mark[4].virt_text[1][1] }
  for _, line in ipairs(mark[4].virt_lines or {}) do table.insert(text, line[1][1]) end
  return { row = mark[2], col = mark[3], text = table.concat(text, '\\n') }
end
"""


def opened(folder, source=SOURCE, **environment):
    able = {"ABLE": "yes", "ENCODING": "utf-8"} | environment
    editor = ConfiguredVim(folder, PREPARE, source, **able)
    wait(lambda: editor.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
    return editor


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("vim")) as found:
        yield found


@pytest.fixture
def vim(editor):
    """The editor with the source, ghost text on, and a server that has no answer yet and was not asked."""
    editor.sample.write_text(SOURCE)
    editor.run("Answer, Held = nil, nil; require('glossator.ghost').enable(true)")
    editor.keys("<Esc>:edit!<CR>:messages clear<CR>1G")
    wait(lambda: editor.lua("vim.fn.mode() == 'n'") and editor.lines == SOURCE.splitlines())
    editor.run("Asked = {}")
    return editor


def test_the_text_is_shown_where_it_will_be_and_inserted_by_a_mapping(vim):
    vim.run("Answer = { insertText = ... }", TEXT)
    vim.keys("A<CR>    ")
    wait(lambda: vim.lua("Ghost()") == {"row": 1, "col": 4, "text": TEXT})
    assert vim.lines == ["def greet(name):", "    "]  # nothing is written yet
    assert vim.lua("Asked[#Asked].position") == {"line": 1, "character": 4}
    assert vim.lua("Asked[#Asked].context.triggerKind") == 1
    vim.keys("<C-j>")
    wait(lambda: vim.lines == ["def greet(name):", *f"    {TEXT}".splitlines()])
    assert vim.lua("Ghost()") is None
    assert vim.lua("vim.api.nvim_win_get_cursor(0)") == [6, 7]
    vim.keys("x<Esc>u")
    wait(lambda: "x" not in "".join(vim.lines))


def test_accepting_is_a_step_of_undo_of_its_own(vim):
    vim.run("Answer = { insertText = ... }", TEXT)
    vim.keys("A<CR>    ")
    wait(lambda: vim.lua("Ghost()"))
    vim.keys("<C-j>")
    wait(lambda: len(vim.lines) == 6)
    vim.keys("<Esc>u")
    wait(lambda: vim.lines == ["def greet(name):", "    "])


def test_a_key_can_accept_where_there_is_something_and_be_itself_where_not(vim):
    vim.keys("A<CR><Tab>")
    wait(lambda: vim.lines == ["def greet(name):", "    "])
    vim.run("Answer = { insertText = ... }", "pass")
    vim.keys("<Left><Right> ")
    wait(lambda: vim.lua("Ghost()"))
    vim.keys("<Tab>")
    wait(lambda: vim.lines[1].strip() == "pass")


@pytest.mark.parametrize("keys", ["x", "<Left>", "<Esc>"])
def test_it_goes_when_the_text_or_the_cursor_does(vim, keys):
    vim.run("Answer = { insertText = ... }", TEXT)
    vim.keys("A<CR>    ")
    wait(lambda: vim.lua("Ghost()"))
    vim.run("Answer = nil")
    vim.keys(keys)
    wait(lambda: vim.lua("Ghost()") is None)


def test_an_answer_that_comes_late_is_not_shown(vim):
    vim.run("Held, Answer = true, { insertText = ... }", TEXT)
    vim.keys("A<CR>    ")
    wait(lambda: vim.lua("#Asked == 1"))
    vim.run("Late = Reply")
    vim.keys("x")
    wait(lambda: vim.lua("#Asked == 2"))
    vim.run("Late()")
    assert vim.lua("Ghost()") is None


def test_quotes_that_are_typed_already_are_not_shown_again_and_closing_ones_are_replaced(vim):
    span = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 10}}
    vim.keys('A<CR>    """"""<Esc>')
    wait(lambda: vim.lines[1:] == ['    """"""'])
    vim.run("Answer = ...", {"insertText": TEXT, "range": span})
    vim.keys('0f"3li')
    assert wait(lambda: vim.lua("Ghost()")) == {"row": 1, "col": 7, "text": TEXT[3:]}
    vim.keys("<C-j>")
    wait(lambda: vim.lines == ["def greet(name):", *f"    {TEXT}".splitlines()])


@pytest.mark.soak
def test_positions_are_in_the_units_of_the_server(tmp_path):
    with opened(tmp_path, 'greet("🙂")\n', ENCODING="utf-16") as vim:
        vim.run("Answer = { insertText = 'now' }")
        vim.keys("A ")
        wait(lambda: (vim.lua("Ghost()") or {"col": 0})["col"] == 14)
        assert vim.lua("Asked[#Asked].position") == {"line": 0, "character": 12}


@pytest.mark.soak
def test_a_server_that_does_not_offer_it_is_not_asked(tmp_path):
    with opened(tmp_path, ABLE="no") as vim:
        vim.keys("A<CR>    x<Esc>")
        wait(lambda: vim.lines[1:] == ["    x"] and vim.lua("vim.fn.mode() == 'n'"))
        assert vim.lua("#Asked") == 0


def test_it_can_be_put_off_and_on(vim):
    vim.keys(":GlossatorGhost<CR>")
    wait(lambda: "ghost text is off" in vim.messages)
    assert vim.lua("vim.lsp.get_clients()[1].settings") == {"glossator": {"inline_completion": False}}
    vim.run("Answer = { insertText = ... }", TEXT)
    vim.keys("A<CR>    <Esc>")
    wait(lambda: vim.lines == ["def greet(name):", "    "])
    vim.keys(":GlossatorGhost<CR>")
    wait(lambda: "ghost text is on" in vim.messages)
    assert vim.lua("#Asked") == 0
    vim.keys("A ")
    wait(lambda: vim.lua("Ghost()"))


WITH_SERVER = """
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
require('glossator').setup({ ghost_text = true })
vim.keymap.set('i', '<C-j>', '<Plug>(glossator-accept)')
"""


def test_the_docstring_of_a_new_function_is_offered_by_the_server(tmp_path):
    with ConfiguredVim(tmp_path, WITH_SERVER, "def area(width, height):\n") as vim:
        wait(lambda: vim.lua("vim.lsp.get_clients({ name = 'glossator', bufnr = 0 })[1].initialized"), 30)
        assert vim.lua("vim.lsp.get_clients()[1]:supports_method('textDocument/inlineCompletion')")
        vim.keys("A<CR>")
        text = wait(lambda: vim.lua("require('glossator.ghost').text()"))
        assert text.lstrip().startswith('"""')
        vim.keys("<C-j>")
        wait(lambda: any("width: " in line for line in vim.lines))
        assert vim.lines[0] == "def area(width, height):"
        assert vim.lines[1].startswith('    """')
        assert vim.lines[-1] == '    """'
        compile("\n".join(vim.lines), "sample.py", "exec")
        vim.keys("<Esc>u")
        wait(lambda: vim.lines[1:] in ([], [""], ["    "]))
